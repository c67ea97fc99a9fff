"""The verbs that the tables of phrases name, each table's forms under one name.

What a verb hangs its clitics on is part of the name: "erase_me" is "bórrenme".
"""

from messaging.replies.verbs import (
    ME,
    gerunds,
    hopes,
    in_ing,
    infinitives,
    orders,
    presents,
    wishes,
)

PLAIN = ("",)
OPTIONAL_ME = ("", *ME)
IT = ("lo", "la", "los", "las")

# ---------------------------------------------------------------- verbs
# Contact that cannot be meant kindly, or can be about nothing but our messages.
WRITE = """
    escribir molestar contactar mensajear textear spamear fastidiar joder jorobar hinchar
    importunar atosigar hostigar acosar bombardear saturar agobiar incomodar perturbar escrever
    contatar insistir chingar textiar mensajiar procurar encher aborrecer wasapear whatsapear
    encuestar
"""
# These may also be about a recipe or an ambulance, so the phrases say more.
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
# Only with what is removed: "me baja la presión".
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
INFLECTED = {
    "write": f"{wishes(WRITE)} {infinitives(WRITE, OPTIONAL_ME)}",
    "write_if": f"{wishes(WRITE)} {hopes(WRITE)}",
    "send": f"{wishes(SEND)} {infinitives(SEND, OPTIONAL_ME)}",
    "send_if": f"{wishes(SEND)} {hopes(SEND)}",
    "send_me": infinitives(SEND, ME),
    "ask_to_send": orders("mandar enviar", ME),
    "writing": gerunds(f"{WRITE} {SEND}"),
    "written": wishes("escribir contactar textear mensajear molestar contatar hostigar acosar"),
    "texting": f"{in_ing(TEXT)} bugging",
    "pt_now": presents("mandar enviar ligar chamar escrever perturbar incomodar procurar encher"),
    "cease": f"{orders(CEASE)} dejar dejarme parar deixar basta chega dejas dejan dejais",
    "cease_if": f"{wishes(CEASE)} {hopes(CEASE)}",
    "cancel": f"{infinitives(CANCEL)} {orders(CANCEL)} cancelo desactivo cancel discontinue",
    "revoke": f"""
        {orders(REVOKE, PLAIN)} {infinitives(REVOKE, PLAIN)} retiro revoco revogo anulo cancelo
        quito revoke withdraw
    """,
    "carry_on": f"""
        sigan siga sigas sigais fiquem fique seguir andar esten este estes esteis estar
        {wishes("continuar insistir andar")}
    """,
    "come_back": f"{wishes(RETURN)} volver voltar volverme",
    "return": f"{wishes(RETURN)} {presents(RETURN)} volved",
    "back_again": f"{wishes(RETURN)} vuelve volved volver voltar",
    "use": f"{wishes(USE)} {infinitives(USE, PLAIN)}",
    "unsubscribe": f"""
        {orders(UNSUBSCRIBE)} {infinitives(UNSUBSCRIBE, ("", "me", "nos", "se"))}
        {presents(UNSUBSCRIBE)}
    """,
    "forget": f"{orders(ERASE)} {infinitives(ERASE)} {presents(ERASE)} delete remove erase drop",
    # These may be about a mole or a stitch, so nothing may follow.
    "erase_me": f"{orders(REMOVE, ME)} {infinitives(REMOVE, ME)}",
    "erase": f"""
        {wishes(REMOVE)} {presents("borrar eliminar excluir/exclu remover")} tira saca quita sacas
        quitas sacais quitais
    """,
    "unlist": infinitives(f"{REMOVE} salir desuscribir", ("", "me")),
    "forget_it": orders("borrar eliminar quitar retirar excluir/excluy", ("lo", "la", "los")),
    "enrol": f"{orders(ENROL, ME)} {infinitives(ENROL, (*OPTIONAL_ME, 'se'))} ponganme ponme",
    "reactivate": f"{orders(ACTIVATE, PLAIN)} {infinitives(ACTIVATE, PLAIN)} resume",
    "reactivate_me": f"{orders(ACTIVATE, ME)} {infinitives(ACTIVATE, ME)}",
    "reactivating": presents(ACTIVATE),
    "help_me": f"{orders('ayudar ajudar', ME)} ayudarme ayudarnos ayudar ajudar",
    "act": f"{infinitives(ACT, OPTIONAL_ME)} hacer darme dar ver",
    "act_me": f"{infinitives(ACT, ME)} hacerme sacarme ligar passar enviar mandar avisar responder",
    "acting": presents(ACT),
    "infinitive": f"{infinitives(ACT, PLAIN)} dar hacer ver quitar sacar poner traer",
    "do": f"""
        {infinitives(CHANGE, PLAIN)} retirar pagar ir llevar tomar comer pasar enviar mandar sacar
        recoger buscar volver hablar llamar pedir tener ver hacer
    """,
    "order_me": f"{orders(ACT, ME)} diganme digame dime decidme",
    "acted": wishes(f"{ACT} ver hacer/hag poner/pong quitar"),
    "corrected": wishes(CORRECT),
    "promised": f"{infinitives(ACT, OPTIONAL_ME)} llamaban llaman llamarian iban",
    "change": f"""
        {infinitives(CHANGE, PLAIN)} {orders(CHANGE, OPTIONAL_ME)} cancel reschedule move change
        book confirm
    """,
    "to_change": infinitives(f"{CHANGE} actualizar corregir", PLAIN),
    "change_it": orders(f"{CHANGE} corregir/corrij enviar mandar", IT),
}

# Worth knowing even when a letter is missing.
MISSPELLED = " ".join(
    (
        "mensaje mensajes mensagem mensagens messages suscripcion unsubscribe autorizo numero",
        wishes(f"{WRITE} {SEND} {REMOVE}"),
        infinitives(f"{WRITE} {SEND} {REMOVE}", OPTIONAL_ME),
        orders("borrar eliminar quitar dejar", OPTIONAL_ME),
    )
)
