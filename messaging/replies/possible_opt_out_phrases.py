"""Phrases about our messages that may be an opt-out, so that a person has to decide.

`patterns` explains how a phrase is written.
"""

# About our messages, and that there are too many of them.
MESSAGES = """
    {these} {messages}
    {so_many} (de)? {messages}
    {messages} \
        (a-cada-rato|todos-los-dias|a-diario|every-day|todo-dia|todos-os-dias|cada-dia|otra-vez)
    {messages} (de-nuevo|again|molestos|repetidos|insistentes|invasivos|repetidas)
    (otro|otra|outro|outra|another|mas|mais|menos|more|fewer|less) (de|of)? {many_messages}
    (otro|otra|outro|outra|another) {messages}
    (dejen|dejad|deja|dejar|paren|parad|parar|basta|chega|stop|deixem|parem|cesen) … {messages}
    (bajenle|bajale|reduzcan|limiten|espacien|disminuyan|moderen|controlen) … {messages}
    {no} … {many_messages}
    {against} … {many_messages}
    {against} … {written|write_me|writing}
    {written|writing} … {against}
    {against} … (mi|meu|my) \
        (numero|telefono|celular|number|phone|telefone|contacto|contato|whatsapp)
    (la|a|el|o|the)? (misma|mismo|mesma|mesmo|same) {messages}
    (molest~|fastidi~|cans~|hart~|abrum~|annoy~|irrit~|incomod~) … {these}? {many_messages}
    {messages} … (molest~|fastidi~|cans~|hart~|abrum~|annoy~|irrit~|incomod~|enchem|joden)
"""
# About being written to: why, how often, at what hour.
CONTACT = """
    (por-que|porque|pq|xq|para-que|quien-les-dijo-que) (me|nos|te)? \
        (siguen|sigue|seguis|continuam|vuelven-a)? {contacts}
    (me|nos|m) {contacts} {too_often}
    (todos-los-dias|a-cada-rato|cada-rato|otra-vez|de-nuevo|a-toda-hora|todo-dia|a-diario) \
        (me|nos) {contacts}
    (me|nos) (llega|llegan|chega|chegam) {too_often}
    (todo-el-dia|todos-los-dias|a-cada-rato|toda-hora) {us}* {contacts}
    (acos~|hostig~|harass~|acoso)
    (me|nos) (llega|llegan|chega|chegam) (lo-mismo|esto|este|otra|de-nuevo|isso|a-cada|tantos)
    (siguen|sigue|sigues|seguis|continuan|continuam|vuelven-a|voltam-a|keep|keeps) {us}* \
        {writing|write|texting}
    (no|nao) (se|os)? (paran|param|dejan|cesan|deixam|cansan|cansais|aburren|cansam) \
        de {us}* (mandar|enviar|{write|send_me})
    why (are|do|did|is|am|would) (you|u|they|i) (guys|still|keep|always)* \
        (keep|get|getting|{texting|text})
    (you|u|yall|ya) (guys|all|people|are|keep|always|r)* {text|texting} … \
        (too|so|a-lot|way|constantly|again)
    keep (getting|receiving|texting|sending)
    (stop|quit) … {text|texting}
    {no} {us}* (se|quiero-que|tienen-que|deben|deberian|pueden|should|podem) {us}* {write|send_me}
    (no-son|que) horas (de|para|estas)
    (me-despertaron|me-desperto|despertaron-a|woke-me|me-acordaram)
    (no-uso|no-manejo|nao-uso|dont-use) (whatsapp|este-numero|wsp|este-medio)
    (prefiero|mejor|solo|solamente|only|so) … (correo|email|llamada|por-telefono|llamen|mensajes)
"""
# About their data: where we have the number from, and that it belongs to somebody else.
DATA = """
    (quien|quienes|quem|who) (les|os|le|te|lhes|se)? \
        (dio|paso|dieron|pasaron|deu|passou|gave|told) … {own}
    (de-donde|de-onde|como|where|how|por-que|pq) (es-que|did|do|have|you|u|me|les|vcs|voces)* \
        {obtained} … {own}
    {no} (les|le|os|te)? (he|hemos|have|i)? \
        (di|dado|dei|gave|autorice|autorizado|autorizei|pedi|solicite|asked|agreed)
    {no} (me)? (signed|sign|suscribi|registre|inscribi|cadastrei|subscribed|opted)
    {have_data} … (mis|meus|my) (datos|dados|data|info)
    (datos|dados) (personales|pessoais)
    (proteccion|protecao) de (datos|dados|mis-datos)
    (suscripcion|subscripcion|unsubscri~|desuscri~|descadastr~|desinscr~|inscricao)
    (baja|baixa) (de|del|en|no|do) (la|el|este|meu)? \
        (lista|sistema|cadastro|servicio|numero|mensajes)
    (este|ese|esse|mi|meu) {whom} ya? (no|nao) (es|e|pertenece|pertence) (mas|mais)? \
        (de|del|da|do|la|el)
    (vcs|voces|ustedes|uds|vosotros|you) … {contacts|text} … \
        (demais|demasiado|mucho|tanto|muita|muchos|muitas)
    {messages} (demais|en-exceso|de-sobra)
    {messages} {wrong_one}
    (no|nao) (vive|mora|trabaja|trabalha) (mas|mais)? (aqui|aca|en-este)
    ^ (no|nao) (es|e) (mi|meu) (nombre|numero|nome|telefono|celular)
    {wrong_one} {whom}
    {whom} (es|esta|e|que-es)? {wrong_one}
    se {mistook} (con|de|da|do|com) {whom}
    (se|te|os|voces|vcs)? {mistook} $
    (foi|e|es|fue|seria)? (engano|equivocacion) $
    (no|nao|nunca) (usa|usamos|tiene|usam|uso) (mas|mais)? (este|ese|esse|el|aquel) {whom}
    (this-is|este-es|este-numero-es|esse-e|this) … \
        (work|trabajo|oficina|trabalho|empresa|business) …
    ya {us}? (preguntaron|mandaron|escribieron|enviaron|llego) \
        (eso|esto|lo-mismo|ayer|antes|este|la-encuesta)
    ^ yo? (no|nao) (soy|sou) (la|el|a|o|esa|ese|essa|esse|dona|don|senor|senora|sr|sra)? ~ ~? $
    ^ (yo|i|eu) (no|nao) (soy|sou) … $
    (no|nao) me llamo
    (este|ese|esse|esto|that|eso|esta|esa|essa) (no|nao|isnt|is-not) (es|e|my)? \
        (mi|meu|my|minha) \
        (nombre|numero|nome|name|number|clinica|doctor|doctora|medico|consultorio)
    (no|nao) (conozco|conheco|ubico) \
        (a|esa|esta|ese|la|el|essa|esse|ninguna|ningun|al|ustedes|nadie|ninguem)
    dont know (this|that|any|who|you|what-clinic)
    (aqui|aca|este-numero|este-telefono|este-cel|este-celular) (ya)? (no|nao) \
        (vive|es|hay|pertenece|mora|usa)
    (ya-no|nunca|jamas|no|nao|never|no-longer|not) (soy|fui|sou|he-sido|been|a|am) \
        (mas|mais|un|una|a|su)? (paciente|patient|cliente)
    (no|nunca|nao|never) (fui|he-ido|estuve|estive|went|been|he-estado) \
        (ai|a-esa|a-ese|en-esa|nessa|nesse|there|ahi|alla|a-ninguna|en-ninguna|to-this|to-that)
    (fallecio|fallecieron|murio|faleceu|morreu|passed-away|esta-muerto|esta-muerta|difunto|difunta)
    (cambio|cambie|mudou|mudei|changed) (de|my|o|meu)* (numero|number|telefono|telefone|celular)
"""
# Annoyance that does not say about what.
ENOUGH = """
    ^ (ya|y|ay|uy|dios-mio|jaja)* (otra-vez|de-nuevo|outra-vez|de-novo|again) $
    (otra-vez|de-nuevo|outra-vez|de-novo) \
        (ustedes|vosotros|voces|vcs|con|lo-mismo|esto|a-misma|isso|vos)
    ^ (ustedes|vosotros|voces|vcs|vos) (otra-vez|de-nuevo|de-novo)
    (ustedes|vosotros|voces|vcs|you|you-guys|vos) (otra-vez|de-nuevo|de-novo|again) $
    (que|muy|son|sois|tan|so|very|are|youre|ya-son) (unos|bien|muy|tan|so|really)* {tiresome} $
    (que|muy|son|sois|tan|so|very|are|youre|ya-son) (unos|bien|muy|tan|so|really)* {tiresome} \
        (con|ustedes|sois|son|with)
    (me|nos) (tienen|teneis|tenes|tienes|estan) (ya)? {fed_up}
    (estoy|toy|estamos|estou|to|im|i-am|ya-estoy) (ya)? {fed_up_with} (de|con|of|with)
    que (necesidad-de|fastidio|ladilla|pesadez|saco|molestia|jartera|hueva|insistencia|intensidad)
    (ya)? (basta|chega|enough|suficiente) (ya|no)? $
    spam
    (voy-a|vou|te|os|los) bloque~
    ^ bloque~ $
    (report~|denunci~) (el|este|ese|esse|o|su|the|this) (numero|number|cuenta|chat)
    ya (les|le|lhes|os|i|yo|te|eu)? {answered}
    (i|ive) already {answered}
    already (asked|sent|texted|answered|responded|replied|told|did|rated|filled)
    {no} (voy-a|vou|quiero|deseo|pienso|quero|want-to|going-to|pretendo|gonna|will|me-gusta) \
        {take_part}
    {no} {take_part} $
    {no} (tengo|tenho|have) tiempo|tempo|time (para|for|pra)
    (dejenme|dejame|dejeme|dejadme|me-deixem|me-deixa) (quiet~|tranquil~|en)
    ^ (larguense|vayanse|get-lost|fuck-off|piss-off|rajen|pirense|piraos|go-away)
    (para|paren|pará|parad|parem|pare) (ya|con-esto|con-eso|isso|un-poco)
"""
# These count only as the whole text.
WHOLE = """
    {no} (me|nos|te)? \
        (interesa|interesado|interesada|interested|interesse|tengo-interes|tenho-interesse)
    (no|nao) (gracias|obrigado|obrigada|thanks|thank-you)
    {no} (quiero|quero|deseo|want|necesito) (nada|esto|eso|isso|this|to)?
    (quiero|quisiera|deseo|necesito|quero|want-to|favor|want)* \
        (cancelar|cancel|cancelen|cancele|cancelo|anular|salir|parar)
    (im|i-am)? not interested
    (ya)? (dejenme|dejame|dejeme|dejadme|dejen|paren|parad)
    (equivocado|equivocada|errado|wrong|engano|no-soy|not-me|no-soy-yo|nao-sou-eu|no-es-aqui)
    (im|i-am|this-is) not \
        (happy|satisfied|sure|feeling|better|good|well|done|there|home|interested)! ~
    leave it
    (ay|uy|uff|uf) ya
    (spam|bloqueado|bloqueada|bloqueados|blocked|reportado|reported|denunciado)
"""
# Friendly words about our messages, and words about messages of others: never an opt-out.
KIND = """
    {thanks} (por|for|pelo|pela|pelas|pelos|a) {ours}* {messages}?
    (gust~|encant~|love|like|adorei|adoro) (recibir|que|los|las|todos|{ours})* {messages}
    {messages} (son|fueron|es|fue|are|muy|super|very|so)* {praised}
    {no} (me|nos|he|have|did|lo|le)* {missed} … {messages}
    (they|nobody|nadie) {no}? … {messages}
    {messages} (de|del|da|do) (la|el|mi|a|o|doctor~|medic~)
    {no} {us}* (molest~|incomod~|fastidi~|tengo-queja|tengo-quejas)
    {no} {us}* {want}? {us}* {stay} (de-recibir|me|texting|messaging|los|mensajes|de-baja)
    {no} {us}* {want} {us}* (cancel|cancelar)
"""
GROUPS = {
    "thanks": """
        gracias agradezco agradecido agradecida thanks thank-you obrigado obrigada grato valeu
    """,
    "ours": "los las sus su estos este el la tus tu the your these this seus suas os as o a",
    "praised": "util~ lind~ clar~ amable~ excelente~ ayud~ helpful handy nice clear great bonit~",
    "stay": "dejar dejen deje stop unsubscribe dar darme darnos quitar quitarme deixar cancelar",
    # Any word of refusal, removal or prohibition.
    "against": """
    no nao not dont never nunca jamas sin sem without dejen deja dejad dejar paren para parar parem
    stop basta chega borr~ elimin~ quiten saquen remov~ exclu~ bloque~ block~ denunci~ report~
    demand~ abogad~ lawyer permiso permissao permission autoriz~ consent~ rather prohib~ ces~ evit~
    absten~ retir~ revoc~ revog~ suspend~ desactiv~ delet~ harto harta cansad~ tampoco
""",
    "write_me": """
        escribirme contactarme escrevam contactar mandarme enviarme textearme text-me texting-me
        message-me contact-me contacting-me messaging-me texts-me me-escrever me-contatar
    """,
    "have_data": """
        tienen tiene teneis tem usan usam usen utilizan comparten compartieron vendieron vendem
        vender manejan guardan have use using sold share sharing filtraron
    """,
    "missed": """
        recib~ lleg~ lei vi entend~ abr~ carg~ receb~ cheg~ got get receiv~ contest~ respond~
        responde tengo tenia puedo pude podia funcion~ sirv~ sal~ hay mandaron enviaron mando envio
        dejaron dejo respeta~ leyeron leen veo ve encuentro revis~ text-me
    """,
    "these": """
    estos este esos ese sus esas estas esta these those your seus esses essas esse essa vuestros
    tus tantos tantas tanto tanta
""",
    "so_many": """
        tantos tantas tanto tanta muchos muchas mucho demasiados demasiadas cuantos cuantas quantas
        quanta quantos tantas muitas muita monte-de monton-de too-many so-many how-many many
    """,
    "contacts": """
        escriben escribes escribis escribe mandan mandais mandas manda envian envias enviais llaman
        llamais contactan contactais molestan molestais molestas texteas textean escrevem escreve
        mandam enviam ligam insisten insistis insistes chamam escrevendo escribieron mandaron
        escribiste buscan hablan fastidian joden llegan joroban hostigan acosan
    """,
    "too_often": """
        tanto tanta tantos tantas mucho mucha muchos muchas demasiado demasiados demasiadas siempre
        todos-los todo-el-dia a-cada cada a-diario diario otra-vez de-nuevo nuevamente a-toda-hora
        muito muita todo-dia todos-os-dias toda-hora de-novo a-toda bastante seguido constantemente
        a-estas-horas a-esta-hora de-madrugada tan-tarde tan-temprano
    """,
    "obtained": """
        saben sabem sabe sabeis know tienes
        sacaron sacasteis consiguieron obtuvieron conseguiram pegaram tienen tenes teneis got get
        tomaron arrumaram obtiveram tem have obtuvo conseguiste sacaste consiguieron-mi
    """,
    "wrong_one": "equivocad~ errad~ incorrect~ errone~ wrong equibocad~ otra outra",
    "whom": """
        numero nro num telefono cel celular contacto persona pessoa number person telefone contato
        paciente patient guy
    """,
    "mistook": "equivocaron equivoco equivocan equivocasteis confundieron enganaram equivocaste",
    "tiresome": """
        pesados pesadas pesado pesada intensos intensas intenso intensa insistentes insistente
        cansones cargosos cargoso hinchapelotas hinchas latosos molestosos fastidiosos
        densos chatos chato annoying insistent pushy molestos cansinos cansino plastas rompebolas
    """,
    "fed_up": """
        cansado cansada cansados harto harta hartos hartas podrido podrida aburrido aburrida verde
        mamado mamada loco loca saturado saturada frito frita hasta
    """,
    "fed_up_with": "harto harta podrido podrida hasta sick tired cansado-de cansada-de fed-up",
    "answered": """
        respondi conteste contestei califique calificado respondido contestado puntue vote opine
        evalue avaliei respondido answered responded replied rated told hice-la hice-esta hice-esa
        llene-la llene-esta mande-mi mande-la envie-mi envie-la di-mi di-la puse-mi dije-que
    """,
    "take_part": """
        responder contestar participar calificar opinar evaluar avaliar puntuar answer respond
        reply rate contestarles responderles votar
    """,
}
