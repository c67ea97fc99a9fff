"""Groups of verbs in all the forms that phrases need, for use as `{name}` in a phrase.

To add a verb, add its infinitive to a list below: `conjugation` makes its forms. A group whose name
ends in `_me` or `_it` has the forms with that pronoun: `{erase_me}` is "bórrenme".
"""

from messaging.replies.conjugation import (
    ME,
    english_ing_forms,
    gerunds,
    imperatives,
    infinitives,
    past_subjunctives,
    present_forms,
    subjunctives,
)

PLAIN = ("",)
OPTIONAL_ME = ("", *ME)
IT = ("lo", "la", "los", "las")

# ---------------------------------------------------------------- verbs
# Writing to somebody, or pestering them: after "no" these can only be about our messages.
WRITE = """
    escribir molestar contactar mensajear textear spamear fastidiar joder jorobar hinchar
    importunar atosigar hostigar acosar bombardear saturar agobiar incomodar perturbar escrever
    contatar insistir chingar textiar mensajiar procurar encher aborrecer wasapear whatsapear
    encuestar
"""
# Sending something. It may be a recipe or an ambulance, so a phrase must also say what.
SEND = """
    mandar enviar reenviar llamar hablar buscar ligar chamar llegar llenar remitir preguntar
    consultar perguntar
"""
TEXT = """
    text txt message msg contact email mail call write bother spam reach disturb ping survey
    send harass pester bug annoy ask blow
"""
REMOVE = """
    borrar eliminar quitar sacar remover/remuev retirar excluir/excluy/exclu tirar suprimir
    desvincular
"""
# Only with an object that is removed. Alone they have other meanings: "me baja la presión".
ERASE = f"{REMOVE} omitir bajar limpiar depurar apagar deletar"
UNSUBSCRIBE = """
    desuscribir desinscribir dessuscribir desafiliar desapuntar descadastrar desinscrever
"""
CANCEL = "cancelar anular desactivar suspender interrumpir desativar"
REVOKE = "revocar retirar anular cancelar revogar"
USE = "usar utilizar compartir ceder divulgar vender guardar"
CEASE = "dejar parar cesar deixar"
RETURN = "volver/vuelv voltar tornar"
ENROL = "suscribir inscribir apuntar poner agregar incluir cadastrar anotar adicionar"
ACTIVATE = "reactivar activar reanudar reativar ativar restablecer"
# What patients want the clinic to do.
ACT = """
    llamar enviar mandar confirmar avisar responder contestar decir/dig explicar indicar informar
    agendar reagendar cambiar reservar devolver/devuelv atender/atiend comunicar pasar facturar
    ayudar ajudar regalar reprogramar cancelar anular reembolsar dar solucionar
    resolver/resuelv facilitar recomendar orientar asesorar adelantar compartir remitir ligar
    retornar adjuntar entregar contactar escribir recetar revisar transferir mover/muev
"""
CHANGE = """
    cancelar anular reagendar reprogramar cambiar mover/muev posponer/pospong borrar eliminar
    quitar adelantar confirmar agendar reservar remarcar desmarcar marcar programar postergar
    aplazar suspender
"""
CORRECT = """
    eliminar cancelar anular cambiar devolver/devuelv revisar corregir/corrij enviar mandar llamar
    actualizar quitar borrar
"""

# ---------------------------------------------------------------- their forms
VERB_GROUPS = {
    "write": f"{subjunctives(WRITE)} {infinitives(WRITE, OPTIONAL_ME)}",
    "write_if": f"{subjunctives(WRITE)} {past_subjunctives(WRITE)}",
    "send": f"{subjunctives(SEND)} {infinitives(SEND, OPTIONAL_ME)}",
    "send_if": f"{subjunctives(SEND)} {past_subjunctives(SEND)}",
    "send_me": infinitives(SEND, ME),
    "ask_to_send": imperatives("mandar enviar", ME),
    "writing": gerunds(f"{WRITE} {SEND}"),
    "written": subjunctives(
        "escribir contactar textear mensajear molestar contatar hostigar acosar"
    ),
    "texting": f"{english_ing_forms(TEXT)} bugging",
    "pt_now": present_forms(
        "mandar enviar ligar chamar escrever perturbar incomodar procurar encher"
    ),
    "cease": f"{imperatives(CEASE)} dejar dejarme parar deixar basta chega dejas dejan dejais",
    "cease_if": f"{subjunctives(CEASE)} {past_subjunctives(CEASE)}",
    "cancel": f"{infinitives(CANCEL)} {imperatives(CANCEL)} cancelo desactivo cancel discontinue",
    "revoke": f"""
        {imperatives(REVOKE, PLAIN)} {infinitives(REVOKE, PLAIN)} retiro revoco revogo anulo cancelo
        quito revoke withdraw
    """,
    "carry_on": f"""
        sigan siga sigas sigais fiquem fique seguir andar esten este estes esteis estar
        {subjunctives("continuar insistir andar")}
    """,
    "come_back": f"{subjunctives(RETURN)} volver voltar volverme",
    "return": f"{subjunctives(RETURN)} {present_forms(RETURN)} volved",
    "back_again": f"{subjunctives(RETURN)} vuelve volved volver voltar",
    "use": f"{subjunctives(USE)} {infinitives(USE, PLAIN)}",
    "unsubscribe": f"""
        {imperatives(UNSUBSCRIBE)} {infinitives(UNSUBSCRIBE, ("", "me", "nos", "se"))}
        {present_forms(UNSUBSCRIBE)}
    """,
    "forget": f"""
        {imperatives(ERASE)} {infinitives(ERASE)} {present_forms(ERASE)} delete remove erase drop
    """,
    # May be about a mole or a stitch ("quítenme los puntos"), so phrases let nothing follow.
    "erase_me": f"{imperatives(REMOVE, ME)} {infinitives(REMOVE, ME)}",
    "erase": f"""
        {subjunctives(REMOVE)} {present_forms("borrar eliminar excluir/exclu remover")} tira saca
        quita sacas quitas sacais quitais
    """,
    "unlist": infinitives(f"{REMOVE} salir desuscribir", ("", "me")),
    "forget_it": imperatives("borrar eliminar quitar retirar excluir/excluy", ("lo", "la", "los")),
    "enrol": f"{imperatives(ENROL, ME)} {infinitives(ENROL, (*OPTIONAL_ME, 'se'))} ponganme ponme",
    "reactivate": f"{imperatives(ACTIVATE, PLAIN)} {infinitives(ACTIVATE, PLAIN)} resume",
    "reactivate_me": f"{imperatives(ACTIVATE, ME)} {infinitives(ACTIVATE, ME)}",
    "reactivating": present_forms(ACTIVATE),
    "help_me": f"{imperatives('ayudar ajudar', ME)} ayudarme ayudarnos ayudar ajudar",
    "act": f"{infinitives(ACT, OPTIONAL_ME)} hacer darme dar ver",
    "act_me": f"{infinitives(ACT, ME)} hacerme sacarme ligar passar enviar mandar avisar responder",
    "acting": present_forms(ACT),
    "infinitive": f"{infinitives(ACT, PLAIN)} dar hacer ver quitar sacar poner traer",
    "do": f"""
        {infinitives(CHANGE, PLAIN)} retirar pagar ir llevar tomar comer pasar enviar mandar sacar
        recoger buscar volver hablar llamar pedir tener ver hacer
    """,
    "order_me": f"{imperatives(ACT, ME)} diganme digame dime decidme",
    "acted": subjunctives(f"{ACT} ver hacer/hag poner/pong quitar"),
    "corrected": subjunctives(CORRECT),
    "promised": f"{infinitives(ACT, OPTIONAL_ME)} llamaban llaman llamarian iban",
    "change": f"""
        {infinitives(CHANGE, PLAIN)} {imperatives(CHANGE, OPTIONAL_ME)} cancel reschedule move
        change book confirm
    """,
    "to_change": infinitives(f"{CHANGE} actualizar corregir", PLAIN),
    "change_it": imperatives(f"{CHANGE} corregir/corrij enviar mandar", IT),
}

# Words that are also recognised with a typo, see `typos`.
TYPO_CHECKED_WORDS = " ".join(
    (
        "mensaje mensajes mensagem mensagens messages suscripcion unsubscribe autorizo numero",
        subjunctives(f"{WRITE} {SEND} {REMOVE}"),
        infinitives(f"{WRITE} {SEND} {REMOVE}", OPTIONAL_ME),
        imperatives("borrar eliminar quitar dejar", OPTIONAL_ME),
    )
)
