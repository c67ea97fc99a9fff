"""Groups of words that mean the same in phrases, in Spanish, Portuguese and English.

`{name}` in a phrase is any entry of the group. Only the forms listed here count. Verbs that count
in all their forms are in `verb_forms`.
"""

GIVING = """
    dar darme darnos darse dame danos deme denos denme dennos dadme dadnos dando dandome doy den
    des deis de me-da me-das me-dan me-dais dar-me te-doy ser-dado ser-dada
"""
TEXT = """
    text txt message msg contact email mail call write bother spam reach disturb ping survey
    send harass pester bug annoy ask blow
"""

CONTACT = {
    "text": TEXT,
    "speak": "hablar hablarme buscar buscarme falar",
    "contacted": """
        texted contacted messaged emailed bothered called contactado contactada molestado molestada
        contatado contatada incomodado incomodada
    """,
    # Any form of these. Use it only in phrases that cannot mean anything else.
    "contact": """
        escrib~ mand~ envi~ mensaje~ molest~ contact~ text~ messag~ insist~ escrev~ contat~ send
        sending sms incomod~ perturb~ llega~
    """,
    "receive": """
        recibir receber receive get reciba receba recibiendo recebendo receiving getting
        seguir-recibiendo continuar-recebendo que-me-llegue que-me-lleguen que-me-llegan
        que-no-me-lleguen
    """,
    "messages": """
    mensaje mensajes mensajito mensajitos mensagem mensagens mensagenzinha msj msjs msg msgs mjs
    sms smss texto textos text texts texting message messages messaging whatsapp whatsapps wasap
    wasaps wpp wsp zap correo correos email emails mail mails notificacion notificaciones
    notificacao notificacoes notification notifications encuesta encuestas survey surveys pesquisa
    pesquisas promocion promociones publicidad propaganda propagandas promo promos spam
    comunicacion comunicaciones comunicado comunicados recordatorio recordatorios lembrete
    lembretes aviso avisos reminder reminders alerts alertas msn communications watsap watsaps
    guasap guasaps
""",
    "many_messages": """
        mensajes mensajitos mensagens msjs msj msgs sms textos texts messages whatsapps correos
        emails mails wsp texting text-messages notificaciones notificacoes notifications encuestas
        surveys promociones publicidad propaganda propagandas promos spam reminders alertas
        recordatorios pesquisas wasaps avisos
    """,
    "send_it": """
    mas mais nada nunca esto estos estas eso esas cosas algo isso tanto tanta tantos tantas tontas
    jamas cosa basura tonteria tonterias pendejadas pelotudeces porqueria estupideces boludeces
    cadenas ofertas memes crap shit stuff aqui aca por-aqui ustedes a-este-numero a-mi-numero
    a-este-nro nem
""",
    "send_junk": """
        cosas esto eso tanta tantas tonterias pendejadas pelotudeces porqueria boludeces isso
    """,
    "go_on": "sigan siga sigue sigas seguid sigais continuem continuen keep",
    "subscription": """
        suscripcion subscripcion inscricao assinatura subscription servicio-de-mensajes envio
        envios recebimento registro inscripcion cadastro servico-de-mensagens
    """,
}

CEASING = {
    "let_up": """
        corta cortala cortenla corten cortad dejen dejad deja deje paren parad para pare parem
        parala parenla
    """,
    "halt": """
    stop paren parenle parale parenla pare parad pareis parar parem detengan detener detenga
    detened frenen end cease quit halt alto cesen cese
""",
    "enough": """
    basta-de basta-ya-de basta-con ya-basta-con ya-basta-de chega-de chega-com vale-ya-de vale-de
    ya-vale-de vale-ya-con esta-bien-de estuvo-bueno-de enough-with enough-of enough suficiente-de
    suficiente-con no-mas-con ya-no-mas-con ya-estuvo-con ya-estuvo-de para-con para-com paren-con
    parem-com pare-com para-un-poco-con cortala-con cortenla-con corta-con corten-con cortad-con
    cortala-ya-con acaben-con acabad-con acaba-con termina-con terminen-con terminad-con
    paren-un-poco-con
""",
    "refrain": """
        eviten evite evitar evita evitenme eviteme evitame evitad evitadme abstenganse abstengase
        abstenerse abstengan abstengais abstente abstenete absteneos evitem abster-se abstenham-se
    """,
    "keep_on": "estar ficar seguir continuar andar",
    "still": "siguen sigue sigues seguis continuam continuan still",
    "leaving": "salgo salir sair cancelo cancelar paro parar desactivo desactivar",
    "exit": """
        salir salirme salgo sair sai sacar saque saca tira off out baja retirar retire
    """,
    "let_be": """
        dejenme dejeme dejame dejen dejadme dejanos dejadnos dejennos deixem deixe deixa deixame
        me-deixem me-deixe me-deixa me-dejen me-dejan me-dejais me-dejas
    """,
}

REMOVING = {
    # Each of these alone is an opt-out.
    "leave": f"""
        {" ".join(f"{give}-de-baja" for give in GIVING.split())}
        desuscripcion descadastro descadastrado descadastrada desinscrito desinscrita
        unsubscribe unsuscribe unsub unsubscribing opt-out opt-me-out opt-us-out opting-out
        opted-out optout den-baja dame-baja darme-baja denme-baja deme-baja dar-baja darme-la-baja
        dame-la-baja denme-la-baja
    """,
    "nuisance": "lata brasa tabarra murga turra paliza vara monserga cantaleta",
    "forget_about": """
        olvidaos olvidate olvidense olvidese olvidad olviden olvide olvida esqueca esquecam esquece
        forget
    """,
    "removal": """
        eliminacion supresion cancelacion borrado exclusao remocao removal deletion retiro baja
        desvinculacion depuracion anulacion
    """,
    "list": """
        lista listado base base-de-datos sistema registro contactos directorio bd agenda difusion
        list lists database contacts cadastro grupo listas contatos
    """,
    "own": """
        numero telefono celular cel celu contacto datos nombre informacion whatsapp correo dados
        nome telefone number phone name info data details information contact email registro
        cadastro contato cell nro num tlf telf linea inscripcion
    """,
    "mine": """
        mi mis meu meus minha minhas my mine nuestro nuestros este ese esse esto this
    """,
    "own_article": "my mi el o meu minha la todo cualquier",
    "place": """
        aqui aca ahi alli alla esto eso esta esa estos esas daqui disso dai dessa ya todo todos
        here this de-una-vez
    """,
    "from_here": "me-tira me-tire me-tirem me-saca me-saquen",
}

WANTING = {
    "want": """
    quiero queremos quisiera quisieramos deseo deseamos kero quero queria desejo want wanna wish
    need necesitamos necesito preciso gostaria gustaria acepto aceito permito autorizo interesa
    interesan interessa interessam care like would-like would-want interested interesado interesada
    estoy-interesado estoy-interesada interesados estamos-interesados interesse tenho-interesse
    tenho-mais-interesse tengo-interes tengo-mas-interes consiento consent authorize authorise
""",
    "needed": """
        es-necesario hace-falta es-preciso hay-necesidad hay-necesidad-de necesito necesitamos
        necesitan precisa precisam preciso precisamos e-necessario tem-necessidade
        tem-necessidade-de tienen-que tiene-que need-to need need-for tienen-por-que
    """,
    "ask_for": "quiero solicito pido deseo exijo necesito tramitar quisiera gestionar agradezco",
    "would": """
    quiero quisiera deseo gustaria puede puedes pueden podrian podria podrias podeis podriais podes
    pode podem poderia can
""",
    "agree": """
        autorizo autorizado consiento consent authorize authorise autorizei consentido autorice
    """,
    "wish_that": """
    agradeceria agradecere agradeco gustaria gostaria preferiria rogaria pediria encantaria ruego
    pido agradezco prefiero preferia quisiera
""",
    "removed": """
        eliminado eliminada borrado borrada retirado retirada excluido excluida removido removida
        quitado quitada descadastrado descadastrada removed deleted dado-de-baja dada-de-baja
        contactado contactada contatado contatada molestado molestada
    """,
    "have": "tienen tiene tienes teneis tem have has cuentan-con",
    "give_it": "des deis den dar de",
    "consent": """
        consent permission consentimiento autorizacion consentimento autorizacao permiso
        authorization permissao
    """,
    "data_use": """
        uso contacto envio this these messages mensajes sms mensagens tratamiento tratamento datos
        dados llamadas contato comunicaciones whatsapp
    """,
    "how_to": """
        como-hago-para como-faco-para como-faco-pra como-fazer-para how-do-i como-puedo-hacer-para
        que-hago-para
    """,
    "information": "informacion informacoes information info",
}

THREATENING = {
    "if": "si como se if cuando proxima-vez-que proxima-que vez-que next-time",
    "again": """
    me os nos les a vuelven vuelve vuelves volveis volvais vuelvan voltarem voltar sigue siguen
    seguis sigues seguir siguen continuam continuarem sigais sigan siga sigas otra-vez otro otra un
    mas you guys u keep again outra uma mensagem mensaje sms texto llega de novo em i get ustedes
    voces
""",
    "threat": """
    bloqueo bloqueamos bloquear~ bloqueio denuncio denunci~ reporto reportar~ reporta demando
    demandar~ demanda queja block blocking report reporting sue suing processo processar~ aepd
    reclam~ sic fcc ftc procon anatel superintendencia arcotel abogado lawyer policia legal legales
""",
    "you": "os los las te lo la les le voces vcs you u ustedes",
    "block": """
    bloqueo bloquee bloqueei bloqueamos bloquear bloqueare bloquearlos bloquearlo bloquearlas
    bloquearte bloquearos bloqueando bloqueio block blocking
""",
    # "Otro mensaje y los bloqueo", "vuelvan a escribir y los reporto"
    "one_more": """
        un-mensaje otro-mensaje un-sms otro-sms un-mensajito otro-mensajito una-vez otra-vez
        one-more-text one-more-message another-text another-message uma-mensagem outra-mensagem
        mais-uma mais-uma-mensagem una-mas otro-mas #-mas proxima
    """,
    "report": "denunci~ report~ reporto",
    "spam": "spam acoso harassment acosadores hostigamiento",
    "right_to": "derecho-de derecho-a derecho-al derecho-a-la direito-de direito-a right-to",
    "law": """
        lopdp lopd rgpd gdpr lgpd habeas-data habeasdata ley-de-proteccion ley-organica arco ley-#
        derechos-arco lei-geral proteccion-de-datos protecao-de-dados tcpa hipaa
    """,
}

SMALL = {
    "no": """
        no not ni nao n nem dont never nunca jamas tampoco naum num cannot do-not no-longer don-t
        nunk nop
    """,
    "dont": "dont do-not don-t never please-not pls-not",
    "without": "no nomas no-mas sin cero zero nao sem chega-de basta-de nada-de ningun",
    "us": "me m nos te os le les lo la los las se mi",
    "det": """
        los las el la lo estos estas esos esas este esta ese sus su todos todas mis mi de con a o
        with these those this the all my your any such os as essas esses suas seus minha meu essa
        ya por-favor me sending recibir os-seus les vuestros vuestras tus tu tanto tanta tantos
        tantas nuestros del al
    """,
    "more": """
        mas mais more anymore again nada nunca jamas esto estos any-more otra-vez de-novo these
        those them isso
    """,
    "polite": """
    por favor porfa porfis porfavor xfa xfavor plis pliz please pls plz gracias muchas mil thanks
    thank you thx obrigado obrigada hola buenas buenos dias tardes noches ok okay ya now
    inmediatamente immediately ahora agora senor senora senores amigos de de-una-vez de-una
    por-dios verdad nunca mas mais more anymore again jamas nada at all gente doctor doctora asap
    che loco hombre parce pana sumerce porfavorcito favor favorcito pf pfv pfvr pfavor porfi
    por-favorcito xfis senorita amigo amiga veci oye oigan boludo boluda mano cara gracas tio tia
""",
    "from": "de del da do desta dessa from off desde your the this ese esa vuestra",
    "the": """
        la su sus tu el esta este esa your the this sua a distribution mailing texting sms vuestra
        vuestro ese
    """,
    "instruct": "envie envia mande manda text txt escriba escribe digite send marque",
    "sent": """
        envie mande puse respondi escribi dije replied sent texted said typed wrote mandei
    """,
    "the_word": "con with la a palabra de the word",
    "to": "para to p if si se",
    "our_words": "stop baja sair salir cancelar parar alto unsubscribe end quit",
    "off_work": """
        medica medico laboral temporal trabajo iess seguro enfermedad maternidad imss embarazo
        presion fiebre temperatura espera waiting reposo peso dias dia semana semanas mes doctor
        doctora jefe enfermo enferma incapacidad
    """,
}

GROUPS = {**CONTACT, **CEASING, **REMOVING, **WANTING, **THREATENING, **SMALL}
