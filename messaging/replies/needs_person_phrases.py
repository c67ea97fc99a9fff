"""Questions, requests, demands and emergencies, in Spanish, Portuguese and English.

`patterns` explains how a phrase is written. A comment about the visit ("fue fácil agendar la cita",
"llegué con fiebre") has the same nouns. So a phrase here always has a verb whose person or tense
shows that somebody must act now.
"""

# "Cuando" and "como" also join sentences. Without an accent they ask only before certain words.
QUESTIONS = """
    ^ {lead}* (cuando|quando|when) {when_is}
    ^ {lead}* (donde|adonde|onde|aonde|where) {where_is}
    ^ {lead}* (cuanto|cuantos|quanto|quantos|how-much|how-many|how-long) {how_much_is}
    ^ {lead}* (cual|qual|quais|which|what|whats) (es|e|seria|is|are|was|o|a|el|the|do|does|number)
    ^ {lead}* (quien|quem|who|whos) (es|e|sois|is|are|me-puede|puede|me|les|le|lhe|gave|this)
    ^ {lead}* (como|how) {how_do}
    ^ {lead}* (por-que|pq|xq|why) \
        (no|nao|nadie|hay|cobran|tardan|demoran|tanto|tanta|tantos|siguen)
    ^ {lead}* (por-que|why|pq|xq) {us}? (escriben|mandan|llaman|do|are|did|dont|cant|was|is)
    (a-que|que|what|as-que) (hora|horas|time|dia-puedo|day-can)
    que (hago|debo|puedo-hacer|tengo-que|documentos|necesito|significa|paso-con|pasa-con|faco|devo)
    what (do|should|can|time|is|are|happened) (i|we|do|is|the|my|your|with)
    ^ {lead}* {us} {may} {infinitive}
    ^ {lead}* (ustedes|vcs|voces|voce|alguien|alguem)? {us}? {may} {us}? {act_me}
    {us} {may} {act}
    ^ {lead}* (alguien|alguem|vcs|voces|voce)? {may} {us} {act}
    ^ {lead}* {may} {to_change}
    ^ {lead}* me {acting} … … (por-favor|porfa|xfa|porfavor|pls|cuando|apenas|si-hay|quando)
    ^ {lead}* {may_i} {do}
    ^ {lead}* (can|could|may|should|do|does|did|are|will|would) \
        (i|we|you|u|my|there|anyone|someone)
    ^ {lead}* (is|are) (there|it-normal|it-ok|this|my|the-clinic|the-office|you)
    ^ {lead}* (es|sera|e) (normal|posible|possivel|cierto) (que|tener|sentir|sangrar|me)
    ^ {lead}* {do_you_have} {had}
    ^ {lead}* (de-donde|de-onde) (es|son|me|sacaron|tienen|e|vem)
    (de-parte|da-parte) de quien
    {may} decirme
    (sabe|saben|sabes|sabeis) (si|cuando|donde|a-que|cual) (me|puedo|hay|abren|atienden|tienen)
"""
REQUESTS = """
    {wish} … {matter}
    {wish} (saber|preguntar|consultar|hablar|know|ask|speak|talk|falar|perguntar)
    {wish} que {us} {acted}
    (queria|deseaba) (saber|preguntar|consultar|pedir|agendar|marcar|remarcar)
    (espero|esperamos|aguardo|espero-que) (su|una|sus|que|a|uma|sua)? \
        (respuesta|llamada|solucion|resposta|devuelvan|llamen|retorno)
    espero que {us} {acted}
    (quedo|quedamos|fico) (atento|atenta|pendiente|atentos|a-la-espera|aguardando|no-aguardo)
    {order_me} (loca|loco|exagerad~|cursi|ingenu~)!
    {come_back} a {act_me}
    {change_it} $
    (quedaron|quedo|quedamos|ficaram|prometieron|dijeron-que) (en|de|que)? {us}? {promised}
    (olvidaron|olvido|olvidaste|esqueceram|forgot) (de|to|me)? \
        (darme|darnos|entregarme|mandarme|enviarme|dar|give|send)
    {wish} que {corrected}
    me {pt_order}
    (denme|deme|dame|dadme|saquenme|saqueme|sacame) … {matter}
    ^ {lead}* {change} {det}* {appointment}
    {wish|may} (me|nos)? {change} {det}* {appointment}
    (no|nao|n) {can_come}
    (cant|can-not|cannot|wont) (make-it|come|be-there)
    {please} {en_order} (me|us|my|the|a|with|in|back)
    ^ {lead}* {en_order} (me|us|my|back)
    (get-back-to|let) (me|us)
    (tengo|tenemos|una|otra|tenho|uma|i-have|have-a|quick) (una|uma|unas|a|mas)? {inquiry}
    ^ {inquiry} (,|$|sobre|about)
"""
DEMANDS = """
    {demand}
    (libro|hoja) de (reclamaciones|reclamos|quejas)
    (cobraron|cobraram|cobro|charged) … \
        (doble|dos-veces|de-mas|a-mais|duas-vezes|twice|extra|double)
    (devuelvan|devuelvanme|devolver|devolverme|devolvam) … (dinero|plata|dinheiro|pago)
    (want|need) … (money|refund)
    (mala-praxis|negligencia|malpractice|erro-medico)
    {still_not} (no|nao|sin|sem) {us}* {arrived}
    {still_not} (no|nao) … {results}
    (sigo|seguimos) (sin|esperando)
    (estoy|estamos|estou|estamos) (esperando|aguardando) \
        (la|el|los|mi|mis|que|su|respuesta|o|a|desde)
    still (waiting|havent|have-not|dont-have|no)
    (havent|have-not|didnt|never) (received|heard|gotten|got) … (results|call|back|invoice|answer)
    {nobody} {us}* {answers}
    (no|nao) (contestan|responden|atienden|atendem) (el|los|las|o|mis)? \
        (telefono|llamadas|mensajes)
    (emergencia|urgencia|emergency|urgente|urgent) $
    (es|tengo|hay|necesito|its|is|e) (una|un|an|uma)? \
        (emergencia|urgencia|urgente|emergency|urgent)
    me (duele|duelen|doi|doe)
    me (sigue|siguen|continua) (doliendo|doendo|sangrando)
    still (hurts|hurting|bleeding|swollen)
    (no|nao) (recebi|recibi|he-recibido|recebemos) {det}* {matter}
    (no|nao) {us} (dieron|mandaron|enviaron|entregaron|deram|mandaram) {det}* {paper}
    {now_have} {very}* {symptom}
    (esta|ta|sigue|continua|is) (com|con)? {very}* {symptom}
    my … (opened|reopened|fell-out|came-out|popped|broke)
    ^ (please|pls) help me
    me (siento|encuentro|sinto) {very}* {bad}
    (feel|feeling) {very}* {bad}
    (my|it|tooth|gum|arm) (hurts|is-hurting|is-bleeding|is-swollen|is-infected|keeps-bleeding)
    (im|i-am|still|its|keep|keeps) {very}* \
        (bleeding|swollen|vomiting|infected|in-pain|in-a-lot-of-pain)
"""
# These count even after a negation, which is often a part of them: "no para de sangrar".
EMERGENCIES = """
    (no|nao) (me)? (para|deja|paro|pasa|passa|baja|cede) de? (sangrar|doler|vomitar|doer)
    (no|nao) (me)? (para|paro|pasa|passa|cede) … (dolor|sangrado|fiebre|sangramento|dor|febre)
    (wont|doesnt|not) stop (bleeding|hurting|vomiting)
    (no|nao) {us}* (han|ha|he|hemos|recebi|recebemos|tive) {done}
    (no|nao) {us} (llego|llegaron|llega|llegan|dan|entregan|mandan|envian|chegou) … {results}
    se {us} {broke}
    {us} {broke_out} … (alergia|roncha~|sarpullido|bulto|pus|infeccion|sangre|herida|moreton)
    (estoy|esta|toy|estou|ta) (sangrando|vomitando)
    (quiero|quero|want-to) (morir|morirme|matarme|morrer|die|kill-myself)
"""

GROUPS = {
    "lead": """
        y e pero mas but and hola buenas buenos dias tardes noches buen dia disculpe disculpen
        disculpa perdon perdone gracias por favor porfa oi ola hi hello tambien tambem doctora
        doctor senorita una uma pregunta consulta entonces so mil muchas muito obrigado obrigada
        ok please thanks o ademas ah oye oiga oigan desculpe bom boa tarde noite tardes excelente
        todo bien #
    """,
    "when_is": """
        puedo podria podemos podre sale salen abren abre atienden toca seria van dan entregan
        es-mi es-la es-el son-mis son-los estan esta-mi esta-listo me-toca me-dan me-entregan
        me-mandan me-envian me-llaman me-pueden tengo-que tengo-la tengo-mi debo vuelvo tiene posso
        sai fica ficam abre sera e-minha is are can will do does should would am
    """,
    "where_is": """
        es esta estan queda quedan puedo fica ficam is are can do pago retiro recojo saco debo
        posso e tengo consigo encuentro
    """,
    "how_much_is": """
        cuesta cuestan vale valen sale salen es custa custam e debo cobran demora demoran tarda
        tiempo does is do will for till devo seria fica dura
    """,
    "how_do": """
        hago puedo pido saco consigo agendo reservo pago faco posso les-voy quieren-que esperan-que
        es-que quieren llego solicito cancelo cambio debo do can should tomo descargo long
        consiguieron conseguiram sacaron obtuvieron pegaram did se-toma se-usa e-que
    """,
    "may": """
        pueden puede puedes podes podeis podrian podria podrias podriais podran podra pode podem
        poderia poderiam
    """,
    "may_i": """
        puedo podria podemos podriamos posso poderia podemos-nos se-puede se-pode da-pra tem-como
        hay-como hay-posibilidad hay-forma puede-ser
    """,
    "do_you_have": """
        tienen tiene tenes tendran tendra hay habra atienden abren aceptan trabajan reciben tem
        voces-tem vcs-tem aceitam abrem atendem hacen emiten
    """,
    "had": """
        cita citas turno turnos horario horarios hora horas espacio cupo cupos disponib~ sabado
        sabados domingo domingos feriado feriados tarjeta tarjetas seguro convenio vaga vagas
        parqueo estacionamiento estacionamento hoy manana algun alguna los-sabados los-domingos
        con-seguro para-hoy para-manana
    """,
    "wish": """
        quiero quisiera necesito necesitamos requiero preciso quero gostaria me-gustaria need want
        id-like would-like solicito pido deseo queremos precisamos quisieramos necesitaria exijo
        favor-de
    """,
    "matter": """
    cita citas turno turnos factura recibo boleta comprobante certificado receta informe resultado
    resultados reembolso devolucion dinero plata reclamo queja reclamacion denuncia llamada llamen
    reagendar reprogramar agendar remarcar cambiar cancelar anular mover reservar saber preguntar
    consultar hablar appointment reschedule refund invoice receipt results copy prescription
    callback speak talk cancel book consulta hora-con control ayuda help ajuda informacion info
    information informacoes laudo exame exames nota-fiscal agendamento presupuesto precio precios
    historia-clinica constancia explicacion solucion respuesta baja licencia reposo incapacidad
    autorizacion orden atestado orcamento quote marcar desmarcar certificate referral radiografia
""",
    "pt_order": """
        liga ligue liguem manda mandem mande envie enviem passa passe passem avise avisem avisa
        responda respondam informe informem confirme confirmem retorne retornem ajuda ajude ajudem
        ayudan ayuda ayuden ayude diga digam explique expliquem
    """,
    "please": "please pls plz",
    "en_order": """
        call text send email tell help reschedule cancel give return contact book explain refund
        answer
    """,
    "appointment": """
        cita citas turno turnos hora consulta reserva appointment appt control sesion cirugia
        horario agendamento visita retorno examen exame procedimiento operacion plan plano
        membresia
    """,
    "can_come": """
        podre puedo-ir puedo-asistir voy-a-poder podre-ir podremos vou-poder alcanzo-a-llegar
        voy-a-alcanzar posso-ir podrei consigo-ir
    """,
    "inquiry": """
        pregunta consulta duda inquietud preguntita consultita pergunta duvida question questions
        dudas preguntas
    """,
    "demand": """
        exijo exigimos reclamo reclamos reclamacion queja quejas quejarme denuncia denunciar
        denunciarlos denunciare denuncio devuelven abogado demandar demandarlos demandare
        reembolso devolucion
        reembolsen indecopi defensa-del-consumidor procon refund lawyer sue complaint reembolsem
        advogado processar reclamar devuelvan devuelvanme
    """,
    "still_not": "todavia aun ainda hasta-ahora hasta-hoy hasta-la-fecha ate-agora ate-hoje",
    "arrived": """
        llega llegan llego dan entregan mandan envian llaman responden contestan confirman he tengo
        han ha me recebi recebo chegou mandaram enviaram deram ligaram tenho responderam pagan
        devuelven noticias respuesta resposta recibo sale salen
    """,
    "paper": """
        resultados resultado factura receta informe laudo recibo comprobante certificado
    """,
    "results": """
        resultados resultado factura receta informe respuesta examenes laudo exame exames recibo
        comprobante certificado cita autorizacion nota-fiscal
    """,
    "nobody": "nadie ninguem nobody no-one",
    "answers": """
        contesta contestan responde responden llama da-razon atende responderam respondeu ligou
        answers called calls answering contesto respondio llamo devuelve-la contestan-el
    """,
    "now_have": """
        tengo sigo-con estoy-con sigo estoy continuo-con amaneci-con desperte-con i-have im-having
        tenho estou-com estou to-com i-got running-a still-have
    """,
    "very": """
        mucho mucha muy un una bastante fuerte super a lots-of lot-of muito muita so really very
        bien con em com um uma high too horrible terrible tan
    """,
    "symptom": """
        dolor dolores fiebre sangrado hinchado hinchada inflamado inflamada infeccion mareo mareos
        mareado mareada vomito vomitos alergia ronchas hinchazon nauseas febre dor inchado inchada
        sangramento tontura fever pain bleeding swelling rash sangrando vomitando infectado
        infectada hemorragia pus
    """,
    "bad": "mal peor fatal mareado mareada sick bad worse dizzy ill pior terrible",
    "done": """
        llegado enviado mandado dado entregado llamado contestado respondido devuelto resuelto
        recibido solucionado explicado confirmado pagado
    """,
    "broke": """
        hincho inflamo cayo salio rompio infecto abrio adormecio partio quebro desprendio despego
        descosio solto hincharon salieron durmio safo zafo
    """,
    "broke_out": "salio salieron aparecio tengo sale saiu",
}
