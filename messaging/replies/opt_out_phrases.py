"""The words and phrases of a clear opt-out, in Spanish, English and Portuguese.

`patterns` explains how a phrase is written, `opt_out` how these tables are used.
"""

# Keywords that opt out as a clause of their own, wherever that clause is in the text.
KEYWORDS_ANYWHERE = """
    stop stpo sotp tsop stp dtop srop stopall stop-all stopthis unsubscribe unsuscribe unsubcribe
    unsubscribed unsub opt-out optout descadastrar descadastre descadastro desuscribir
    desuscribirme desuscribirse desuscripcion desinscribir desinscrever desafiliar desafiliarme
"""
# Keywords that opt out when they are a whole sentence, or the first clause.
KEYWORDS_AS_SENTENCE = """
    go-away cut-it-out knock-it-off lose-my-number lose-this-number parenle parale cortenla cortala
    baja bja abja basta ya-basta paren parem parad no-mais ya-no-mas
"""
# Keywords too, but after a number they mean "just": in Ecuador "3 no más" is just a 3.
ALSO_MEANS_JUST = "no-mas nomas"
# Keywords that opt out only as the whole text. In a longer text they mean something else.
KEYWORDS_ALONE = """
    end quit revoke cancel cancelar alto parar pare para salir sair salirme detener detente
    detenganse remover remove eliminar delete borrar quitar no-more chega ya-no cancel-all end-all
    quit-all desactivar estop stoped bloqueado bloqueados bloqueada blocked silenciar silencio mute
    discontinue
"""
# Words beside a keyword that do not change its meaning: "quiero STOP", "pero stop ya".
BESIDE_KEYWORDS = """
    quiero deseo solicito pido necesito want i to just said say enough con y e and pero but
    responder respondo envio palabra escribo digo dije yo quero desejo mas so pues entonces right
    please all everything todo tudo im m
"""

# Phrases with a negation of their own: "no me escriban", "no more messages".
REFUSALS = """
    {no} {more}? {us}* {write}
    {no} {us}* {come_back} a {write|send|speak}
    {no} {us}* {carry_on} {us}* {writing}
    {no} {carry_on} mas? $
    {no} (hay|tienen|tiene) (que|necesidad|por-que|porque) de? {us}* {write}
    (nunca|jamas|never) (mas|mais) {us}* {send}
    {no} {us}* {send} {send_it}* $
    {no} {us}* {send} … {messages}
    {no} {us}* {more}? {send} (mas|mais)
    (nao|n|naum|num) {us}* {pt_now} (mais|mas)
    (nao|n|naum|num) {us}* {pt_now} … {messages}
    {no} (recibir|receber) {more}? … {messages}
    {no} (recibir|receber) {more}? $
    {no} {us}* {want} … {messages}
    {no} {us}* {want} {more} {more}? $
    {no} {us}* {want} {more}? (to|em|en|de)? {receive} {more}* de? (ustedes|voces|you|from)? $
    {no} {us}* {want} {more}? {receive} … {information}
    {no} {us}* {want} que {us}* {more}? {us}* {write}
    {no} {us}* {want} que {us}* {come_back} a {write|send}
    {no} {us}* {want} que? {us}* {carry_on} {us}* {writing}
    {no} {us}* {want} que? {us}* {send} {send_it}* $
    {no} {want} {more}* (de|con|of|from) ustedes
    {no} {want} saber (nada|mas|de)
    {no} {want} to? be? {contacted}
    {no} {want} ser {more}* {contacted}
    {no} {want} to? hear anything? from you
    {no} {needed} {more}? {us}* {write}
    {no} {us}* (he|hemos|pedi|pedimos|solicite) (pedido|solicitado)? que {us}* {write}
    {no} {needed} {more}? que {us}* {more}? {write}
    {no} {needed} {more}? que? {us}* {more}? {send} (tantos|tantas|tanto)! … {messages}
    {no} {needed} {more} que? {us}* {send}
    {no} {needed} {more}? que? {us}* {send} (mas|mais)
    {no} {agree} que {us}* {write|send}
    {no} (he|hemos|ei)? {agree} {det}* {data_use}
    {no} {agree} $
    {no} (he|hemos)? (doy|dou|give|di|dei|gave|dado) (mi|el|o|meu|my|any)? {consent}
    {no} {us}* {use} {more}? {det}* {own}
    {mine} {own} (ya)? {no} {us}* {use}
    {no} {us}* (romp~|toquen|hinchen) {more}? (las|los|con|as|o) \
        (bolas|pelotas|huevos|guindas|saco|esto|mensajes)
    {no} {us}* {give_it} {more}? la {nuisance}
    {no} {us}* (hagan|hagas|haga|hagais|facam|faca) {det|more}* {many_messages}
    {no} (gaste~|pierda~|perca~) … {write|send_me}
    {no} (es|e) (mi|minha|meu) (intencion|deseo|interes|voluntad|intencao|desejo|interesse) \
        {receive|keep_on}
    {no} (ser|sea) {more}* {contacted}
    {wish_that} que {no} {us}* {write_if}
    {wish_that} que {no} {us}* {send_if} {send_it}* $
    {wish_that} que {no} {us}* {send_if} … {messages}
    {dont} ever? {text} (me|us|this|here)
    {dont} {text} (anymore|again|more|any-more|further)
    {dont} {text} (or|and) {text}
    {dont} disturb $
    {dont} send … {messages}
    {dont} send me? (anything|any|more|these|this|nothing)
    {no} (more|mas|mais|further|any) {messages}
    {without} {det}* (mas|mais|tantos|tantas)? {many_messages} $
    {many_messages} (no|nao) $
    (ni|nem) (un|um|una|uma) (solo|so)? {messages} (mas|mais)
"""
# After one of these a refusal only complains or excuses: "they do not call me", "para no molestar".
BEFORE_COMPLAINT = "you they u he she who nobody por para para-que"

# Requests to be removed, or to stop. A negation before one reverses it.
REQUESTS = """
    {leave|unsubscribe}
    {erase_me} $
    {erase_me} (ya|si)? (de|del|desde|da|from)? {place} $
    {erase_me} … {list|messages}
    me {erase} $
    me {erase} (ya)? (de|del|da)? {place}
    me {would} dar de baja
    me {would} {unlist} $
    {ask_for} (la|mi|una)? baja
    baja (de|del|a|al|para) {det}* {messages|list|subscription}
    baja (de|del) (servicio|sistema|todo) $
    {forget|exit} (me|mi|mis|el|este|my|this|meu|por-favor|ya|of|{own})* {from}* {the}* {list}
    {forget} (numero|contacto|telefono|celular|datos|contato|registro) $
    {forget} (el|la|ya|por-favor|todos|a)* {mine} (personal|phone|cell)? {own}
    {own} … ,? (por-favor)? {forget_it} $
    {forget_about} (de|a|about)? (mi|mim|me) $
    {forget_about} (de|a|about)? {mine} {own}
    (delete|remove|erase|unlist|exclude|drop) me
    (want|like|wish|asked|need) to be removed
    me removed
    take (me|us) off (this|here)? $
    take (my|this) (number|name|phone|cell) (off|out)
    (quiero|deseo|quero|quisiera|want) (salir|sair|salirme|parar|out) de? (esto|aqui|isso|this)? $
    me? {from_here} (daqui|disso|dessa|dai)
    leave (me|us) alone
    {let_be} me? (em|en) paz
    {let_be} (tranquilo|tranquila|quieto|quieta) $
    {revoke} {own_article}* {consent}
    {wish_that} que {cease_if} de {us}* {write}
    {wish_that} que {cease_if} de … {messages}
    {wish_that} que {cease_if} de {send_me} {send_it}* $
    {ask_for} (ser|sea|que-sea|to-be) {removed}
    {cancel|leaving} de? (esto|this|isso|disso) $
    {how_to} {leaving} $
    {how_to} … {no} {us}* {receive|send|write}
    (como|how) (puedo|do|can) i? (salir|sair|cancelar|parar|stop|opt) out? (this|esto|isso)? $
    how to stop $
    (dije|dicho|pedi|ya|favor|{ask_for}) … que (paren|parem|pare) $
    {cease} (ya|por-favor)? de {keep_on}? {us}* {write|writing}
    {cease} (ya|por-favor)? de {us}* {send} {send_it}* $
    {cease} (ya|por-favor)? de {keep_on}? {us} {send}
    {cease} (ya|por-favor)? de {keep_on}? {send_me}
    {cease} (ya|por-favor)? de … {messages}
    {let_up} … con … {messages}
    {cease} de {us}* {send} {send_junk}
    {no} (estan|esta|estas|estais|are) autorizad~ … {write|send_me|use|text}
    {go_on} {us}* {writing} … (y|e|and) … {threat}
    {report} (este|ese|esse|su|o|el|seu|this|the) (numero|number|contato|contacto)
    {block} (vcs|voces|ustedes)
    ^ {block} {det}* {own}
    {cease} de {receive} {more}? $
    {cease} de (hacerlo|hacer-eso|hacer-esto|fazer-isso)
    {let_up} (ya|de-una-vez)* (com|con) (isso|isto|esto|eso)
    {refrain} de? {us}* {write}
    {refrain} de? {send_me} {send_it}* $
    {refrain} de? {us}* {send} … {messages}
    {refrain} {det}* {many_messages}
    {cease} de dar {more}? la {nuisance}
    {no} {have} (mi|la|my|minha|meu)? {consent} (para|de|pra|to) {det}* \
        {write|send_me|use|send|text}
    {no} {have} {mine} {consent}
    {own} fuera de {the}* {list}
    ^ fuera de {mine} {own|messages}
    (rather|prefer) not to? {receive} … {messages|more}
    (dije|dicho|pedi|disse|falei|avise) … (pra|para|que) (paren|parem|pare|parar|parassem|dejen) $
    ^ (dada|dado) de baja $
    {halt} (ya|un-poco|por-favor)* {det}* {messages}
    {enough} {det}* {messages}
    {cancel} {det}* {messages|subscription}
    (stop|quit|cease) with? (the|all)? {texting}
    (cut|quit|knock|stop|keep) it (out|off)? with {det}* {messages}
    (cease|stop|end|discontinue) {det}* (communication|correspondence) $
    ^ (im|i-am)? blocking (you|u|this|yall)
    {write} … ,? no lo (hagan|hagas|haga|hagais) (mas)? $
    (stop|quit) (it|this|that|these|those|all|everything|already) $
    (stop|cease|end) contact $
    cease and desist
    {sent} {the_word}* (stop|baja|unsubscribe)
    (please|pls|plz) stop $
    (told|asked|tell|ask|want|need|like) (you|u) … to stop $
    (texts|messages|mensajes|sms|these|mensagens) (to|must|should)? stop $
    (hagan|hacer|make) … (messages|texts|mensajes) (stop|paren)
    {right_to} (supresion|oposicion|cancelacion|olvido|eliminacion|exclusao|erasure|be-forgotten)
    {law} … ,? … {forget}
    {law} … ,? … {removal}
    {ask_for} … {removal} … {own|list|messages}
    {removal} (de|del|do|da|of) {det}* {own|list}
    {if} {again}* {contact} … ,? … {threat}
    {one_more} … (y|e|and) … {threat}
    {one_more} (vez)? {you} {threat}
    {return} a? {us}* {contact} … (y|e|and|o|or) … {threat}
    {text} (me|us) … (and|or) … {threat}
    {threat} … {if} {again}* {contact}
    {you} (voy-a|vamos-a|vou|estoy|toy)? {block}
    {you} (tengo|he|tenho|hemos) bloquead~
    (voy-a|vamos-a|vou|ill|im|i-will|gonna|going-to) {block} {det}* {own}
    (vou|voy-a) (te|los)? {block} $
    {report} … {spam}
    {still} {us}* {writing} … (dije|dicho|pedi|avise) que (no|nao)
"""
# What reverses a request: "no quiero darme de baja", "don't unsubscribe me".
NEGATION_BEFORE_REQUEST = (
    "({no}|cant|wont|didnt|doesnt) (me|le|nos|quiero|deseo|want|to|que|need|quero|voy|a)*"
)

# After one of these "stop" is not our keyword: "the pain WON'T STOP".
BEFORE_OTHER_STOP = """
    no non not dont wont cant didnt doesnt never bus one pit full to a next couldnt wouldnt isnt
    will would could did must should the of without nao pain it
"""
# With one of these the clause is about something that stops: "did the bleeding stop".
IN_SENTENCE_ABOUT_STOPPING = """
    the my his her did does do when make made makes help helped helps will would could until has
    have hasnt havent
"""
# Before one of these "stop" is another verb: "stop by", "stop at the pharmacy".
AFTER_OTHER_STOP = "by in over at the light sign and a for being motion watch on with"
