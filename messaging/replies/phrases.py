"""How people say that they want to hear no more, in Spanish, English and Portuguese.

A phrase is written in words: `(a|b)` is either, `{no}` is one of GROUPS, `me?` may be missing,
`{det}*` comes any number of times, `…` is up to four words, `$` is the end of the clause but for
politeness. Hyphens join what is several words. All is compared by sound, not by spelling.
"""

# Opt-out words. SURE ones count wherever they stand between commas, CLEAR ones when they are a
# sentence, SHY ones, which mean something else in any longer text, only when they are all there is.
SURE = """
    stop stpo sotp tsop stp dtop srop stopall stop-all stopthis unsubscribe unsuscribe unsubcribe
    unsubscribed unsub opt-out optout descadastrar descadastre descadastro desuscribir
    desuscribirme desuscribirse desuscripcion desinscribir desinscrever desafiliar desafiliarme
"""
CLEAR = """
    go-away cut-it-out knock-it-off lose-my-number lose-this-number parenle parale cortenla cortala
    baja bja abja basta ya-basta paren parem no-mais ya-no-mas
"""
# Opt-out words too, but "3 no más" is how Ecuador says "just a 3".
OR_JUST = "no-mas nomas"
SHY = """
    end quit revoke cancel cancelar alto parar pare para salir sair salirme detener detente
    detenganse remover remove eliminar delete borrar quitar no-more chega ya-no cancel-all end-all
    quit-all stoped silenciar silencio mute discontinue
"""
# What stands beside a SURE word without changing it: "quiero STOP", "pero stop ya".
AROUND_SURE = """
    quiero deseo solicito pido necesito want i to just said say enough con y e and pero but
    responder respondo envio palabra escribo digo dije yo quero desejo mas so pues entonces right
    please all everything todo tudo im m
"""

GROUPS = {
    "no": """
        no not ni nao n nem dont never nunca jamas tampoco naum cannot do-not no-longer don-t
    """,
    "want": """
        quiero queremos quisiera quisieramos deseo deseamos kero quero queria desejo want wish need
        necesitamos necesito preciso gostaria gustaria acepto aceito permito autorizo interesa
        interesan interessa interessam care like would-like would-want interested interesado
        interesada estoy-interesado estoy-interesada interesados estamos-interesados interesse
        tenho-interesse tengo-interes consiento consent authorize authorise
    """,
    "receive": """
        recibir receber receive get reciba receba recibiendo recebendo receiving getting
        seguir-recibiendo continuar-recebendo que-me-llegue que-me-lleguen
    """,
    "messages": """
        mensaje mensajes mensajito mensajitos mensagem mensagens mensagenzinha msj msjs msg msgs
        mjs sms smss texto textos text texts texting message messages messaging whatsapp whatsapps
        wasap wasaps wpp wsp zap correo correos email emails mail mails notificacion notificaciones
        notificacao notificacoes notification notifications encuesta encuestas survey surveys
        pesquisa pesquisas promocion promociones publicidad propaganda propagandas promo promos
        spam comunicacion comunicaciones comunicado comunicados recordatorio recordatorios lembrete
        lembretes aviso avisos reminder reminders alerts alertas
    """,
    "many_messages": """
        mensajes mensajitos mensagens msjs msj msgs sms textos texts messages whatsapps correos
        emails mails wsp texting text-messages notificaciones notificacoes notifications encuestas
        surveys promociones publicidad propaganda propagandas promos spam reminders alertas
        recordatorios pesquisas
    """,
    "write": """
        escriban escribas escriba escribais texteen texten textees contacten contactes contacte
        molesten molestes moleste mensajeen mensajees spameen fastidien joroben jodan incomodem
        perturbem perturbe escreva escrevam escrevas contate contatem contactem escribir molestar
        incomode procurem procure insistir contactar textear spamear fastidiar joder perturbar
        escrever contatar incomodar escribirme molestarme contactarme textearme fastidiarme
        mensajear
    """,
    "send": """
        manden mandes mande envien envies envie enviar mandar llamen llames llame llamar hablen
        hables busquen busques mandem enviem ligue liguem ligar chame chamem chamar llenarme
        saturarme bombardearme mandarme enviarme llamarme hablarme lleguen llegue
    """,
    "writing": """
        escribiendo molestando contactando texteando spameando fastidiando jodiendo mandando
        enviando llamando mensajeando escrevendo incomodando perturbando ligando enchendo
        insistiendo
    """,
    "texting": """
        texting txting textin txtn messaging sending contacting calling writing emailing spamming
        bothering asking harassing pestering bugging msging mailing annoying blowing
    """,
    "text": """
        text txt message msg contact email mail call write bother spam reach disturb ping survey
    """,
    "cease": """
        dejen deja deje dejar dejes dejame dejenme dejeme paren para pare parar parem deixe deixem
        deixa deixar basta chega parenle parale
    """,
    "halt": """
        stop paren pare parar parem detengan detener detenga frenen end cease quit halt alto
        cortenla enough-with enough-of para-con para-com parem-com pare-com paren-con chega-de
        basta-de basta-con chega-com
    """,
    "cancel": """
        cancelo desactivo cancelar cancelen cancele cancela cancel anular anulen desactivar
        desactiven desactive suspender suspendan suspenda desativar desative desativem interrumpir
        cancelem discontinue
    """,
    "consent": """
        consent permission consentimiento autorizacion consentimento autorizacao permiso
        authorization permissao
    """,
    "subscription": """
        suscripcion subscripcion inscricao assinatura subscription servicio-de-mensajes envio
        envios recebimento registro inscripcion cadastro servico-de-mensagens
    """,
    "forget": """
        borren borrenme borrame borreme borrar borrarme borra borre eliminar eliminen eliminenme
        eliminame elimineme eliminarme elimine elimina quiten quitenme quitame quiteme quitar
        quitarme quite saquen saquenme sacame saqueme sacarme remover remuevan remuevanme removerme
        remueva retiren retirenme retirame retirarme excluyanme excluyan excluir tirem tire tira
        tirar saca apaga exclui deleta deletar deletem remova removam remove exclua excluam apague
        apaguem retirem delete erase
    """,
    "exit": """
        salir salirme salgo sair sai sacar saque saca tira off out baja retirar retire
    """,
    "list": """
        lista listado base base-de-datos sistema registro contactos directorio bd agenda difusion
        list lists database contacts cadastro grupo
    """,
    "mine": """
        mi mis meu meus minha minhas my mine nuestro nuestros este ese esse esto this
    """,
    "own": """
        numero telefono celular contacto datos nombre informacion whatsapp correo dados nome
        telefone cel number phone name info data details information contact email registro
        cadastro contato cell
    """,
    # Nothing else can be meant by these.
    "leave": """
        unsubscribe unsuscribe unsub unsubscribing desuscribirme desuscribir descadastrar
        desinscribirme desuscribanme desuscribeme desuscribame descadastrenme descadastrem
        descadastre me-descadastra desinscrevam desinscreva desafiliarme desafilienme desafiliar
        opt-out opt-me-out opt-us-out opting-out opted-out optout darme-de-baja dar-de-baja dar-baja
        den-baja darnos-de-baja dame-de-baja deme-de-baja denme-de-baja den-de-baja dar-me-de-baja
        doy-de-baja darse-de-baja me-da-de-baja me-das-de-baja me-de-de-baja dando-de-baja
        darme-la-baja darme-baja dame-baja denme-baja dame-la-baja denme-la-baja
    """,
    # These may be about a mole or a stitch, so nothing may follow.
    "erase_me": """
        borrenme borrame borreme borrarme eliminenme eliminame elimineme eliminarme remuevanme
        remuevame removerme excluyanme excluyame retirenme retirame retireme quitenme quitame
        quiteme saquenme sacame saqueme
    """,
    "erase": """
        borren borre eliminen elimine remova removam exclua excluam apague retire retirem tira tire
        tirem saquen quiten saca quita
    """,
    "det": """
        los las el la lo estos estas esos esas este esta ese sus su todos todas mis mi de con a o
        with these those this the all my your any such os as essas esses suas seus minha meu essa
        ya por-favor me sending recibir os-seus les
    """,
    "ask_for": "quiero solicito pido deseo exijo necesito tramitar quisiera gestionar",
    "more": """
        mas mais more anymore again nada nunca jamas esto estos any-more otra-vez de-novo these
        those them isso
    """,
    "polite": """
        por favor porfa porfis porfavor xfa xfavor plis pliz please pls plz gracias muchas mil
        thanks thank you thx obrigado obrigada hola buenas buenos dias tardes noches ok okay ya now
        inmediatamente immediately ahora agora senor senora senores amigos de verdad nunca mas mais
        more anymore again jamas nada at all gente doctor doctora asap
    """,
    "dont": "dont do-not don-t never please-not pls-not",
    "without": "no sin cero zero nao sem chega-de basta-de nada-de ningun",
    "speak": "hablar hablarme buscar buscarme falar",
    "come_back": "vuelvan vuelva vuelvas volver voltem volte",
    "carry_on": """
        sigan siga sigas continuen fiquem fique seguir insistan insista insistas continuem
    """,
    "keep_on": "estar ficar seguir continuar andar",
    "contacted": """
        texted contacted messaged emailed bothered called contactado contactada molestado molestada
        contatado contatada incomodado incomodada
    """,
    "agree": "autorizo consiento consent authorize authorise",
    "information": "informacion informacoes information info",
    "would": "quiero quisiera deseo gustaria puede puedes pueden podrian podria",
    "from": "de del da do desta dessa from off desde your the this",
    "the": """
        la su sus tu el esta este esa your the this sua a distribution mailing texting sms
    """,
    "from_here": "me-tira me-tire me-tirem me-saca me-saquen",
    "let_be": """
        dejenme dejeme dejame dejen deixem deixe deixa deixame me-deixem me-deixe me-deixa me-dejen
        me-dejan
    """,
    "own_article": "my mi el o meu minha la",
    "leaving": "salgo salir sair cancelo cancelar paro parar desactivo desactivar",
    "send_me": "mandarme enviarme llamarme hablarme",
    "refrain": """
        eviten evite evitar evita evitenme abstenganse abstengase abstenerse evitem
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
        presion fiebre temperatura espera waiting reposo peso
    """,
}

# These carry their own "no".
REFUSALS = """
    {no} {more}? (me|nos)? {write}
    {no} me? {come_back} a {write|send|speak}
    {no} me? {carry_on} {writing}
    {no} {carry_on} mas? $
    (nunca|jamas|never) (mas|mais) me? {send}
    {no} (me|nos)? {send} (mas|mais|nada|nunca|esto|estos|eso|cosas)? (mas|mais)? $
    {no} (me|nos)? {send} … {messages}
    (nao|n|naum) me? (manda|envia|liga|chama|escreve|perturba|incomoda) (mais|mas)
    {no} (recibir|receber) {more}? … {messages}
    {no} (recibir|receber) {more}? $
    {no} me? {want} … {messages}
    {no} me? {want} {more} {more}? $
    {no} me? {want} {more}? to? {receive} {more}? de? (ustedes|voces|you|from)? $
    {no} me? {want} {more}? {receive} … {information}
    {no} me? {want} que (me|nos)? {write}
    {no} me? {want} que? (me|nos)? {carry_on} {writing}
    {no} me? {want} que? (me|nos)? {send} {more}? {more}? $
    {no} {want} (nada|mas) mas? (de|con) ustedes
    {no} {want} saber (nada|mas|de)
    {no} {want} to? be? {contacted}
    {no} {want} ser {contacted}
    {no} {want} to? hear anything? from you
    {no} (es|hace) (necesario|falta) que (me|nos)? {write}
    {no} {agree} que (me|nos)? {write|send}
    {no} {agree} to? (a|el|o)? (uso|contacto|envio|this|these)
    {no} {agree} $
    {no} (doy|dou|give|di|dei|gave) (mi|el|o|meu|my|any)? {consent}
    {dont} ever? {text} (me|us|this)
    {dont} {text} (anymore|again|more|any-more|further)
    {dont} {text} (or|and) {text}
    {dont} disturb $
    {dont} send … {messages}
    {dont} send me? (anything|any|more|these|this|nothing)
    {no} (more|mas|mais|further|any) {messages}
    {without} (mas|mais|tantos|tantas)? {many_messages} $
    {many_messages} (no|nao) $
    (ni|nem) (un|um) {messages} (mas|mais)
"""
# "They do not call me" and "por no llamar" complain; they ask for nothing.
COMPLAINS = "you they u he she who nobody por"

# These can be turned round by a "no" in front.
REQUESTS = """
    {leave}
    {erase_me} $
    {erase_me} (de|del|ya|si)
    me {erase} $
    me {would} dar de baja
    me {would} (borrar|eliminar|salir|desuscribir|quitar|sacar) $
    {ask_for} (la|mi|una)? baja
    baja (de|del|a|al|para) {det}* {messages|list|subscription}
    baja (de|del) (servicio|sistema|todo) $
    {forget|exit} (me|mi|mis|el|este|my|this|meu|por-favor|ya|of|{own})* {from}* {the}* {list}
    {forget} (numero|contacto|telefono|celular|datos|contato|registro) $
    {forget} (el|la|ya|por-favor)* {mine} (personal|phone|cell)? {own}
    (delete|remove|erase|unlist|exclude) me
    (want|like|wish|asked|need) to be removed
    me removed
    take (me|us) off (this|here)? $
    take (my|this) (number|name|phone|cell) (off|out)
    (quiero|deseo|quero|quisiera|want) (salir|sair|salirme|parar|out) de? (esto|aqui|isso|this)? $
    me? {from_here} (daqui|disso|dessa|dai)
    leave (me|us) alone
    {let_be} me? (em|en) paz
    (revoke|withdraw|revoco|revogo|revocar|revoquen|anulen) {own_article}? {consent}
    (retiro|retiren|retire|quito|cancelo) (mi|meu|minha) {consent}
    retirar (mi|el|meu|o) (consentimiento|consentimento)
    {cancel|leaving} de? (esto|this|isso|disso) $
    (como|how) (hago|faco) para {leaving} $
    (como|how) (puedo|do|can) i? (salir|sair|cancelar|parar|stop|opt) out? (this|esto|isso)? $
    how to stop $
    (dije|dicho|pedi|ya|favor|{ask_for}) … que (paren|parem|pare) $
    {cease} (ya|por-favor)? de {keep_on}? (me|nos)? {write|writing}
    {cease} (ya|por-favor)? de {keep_on}? (me|nos) {send}
    {cease} (ya|por-favor)? de {keep_on}? {send_me}
    {cease} (ya|por-favor)? de {keep_on}? {send} … {messages}
    {cease} (ya|por-favor)? de {send} (mas|mais|esto|eso|isso|isto|tanto|tanta|cosas)? $
    {cease} de {receive} … {messages}
    {cease} de {receive} {more}? $
    {cease} de (hacerlo|hacer-eso|hacer-esto|fazer-isso)
    (para|pare|parem) com isso
    {refrain} de? me? {write}
    {refrain} de? me? {send} … {messages}
    {halt} {det}* {messages}
    {cancel} {det}* {messages|subscription}
    (stop|quit|cease) with? (the|all)? {texting}
    (stop|quit) (it|this|that|these|those|all|everything|already) $
    (stop|cease|end) contact $
    cease and desist
    {sent} {the_word}* (stop|baja|unsubscribe)
    (please|pls|plz) stop $
    (told|asked|tell|ask|want|need|like) (you|u) … to stop $
    (texts|messages|mensajes|sms|these|mensagens) (to|must|should)? stop $
    (hagan|hacer|make) … (messages|texts|mensajes) (stop|paren)
"""
# A "no" before a request turns it round: "no quiero darme de baja", "don't unsubscribe me".
TURNED_ROUND = (
    "({no}|cant|wont|didnt|doesnt) (me|le|nos|quiero|deseo|want|to|que|need|quero|voy|a)*"
)

# "Reply STOP to opt out" is what we wrote, when it comes back in a reply.
INSTRUCTIONS = """
    (responda|responde|reply|conteste|respond) {the_word}* {our_words}
    {instruct} {the_word}* {our_words} {to}
"""
# STOP in capitals amid small letters is our word, unless these come first ("the pain WON'T STOP").
NOT_OUR_STOP = """
    no non not dont wont cant didnt doesnt never bus one pit full to a next couldnt wouldnt isnt
    will would could did must should the of without nao pain it
"""
# "Did the bleeding stop": an English sentence about something that stops.
ABOUT_STOPPING = """
    the my his her did does do when make made makes help helped helps will would could until has
    have hasnt havent
"""
# "Stop by", "stop at the pharmacy": sentences that begin with stop and are about something else.
OTHER_STOPS = "by in over at the light sign and a for being motion watch on with"
