"""Words for "nothing", consents, channels and languages, in Spanish, English and Portuguese."""

import re
import unicodedata
from functools import lru_cache

from core.accents import without_accents

NOT_A_WORD = re.compile(r"[^\w✓✔☑✅👍√]+")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return the text in lower case, without accents, with one blank between words."""
    letters = without_accents(unicodedata.normalize("NFKD", text.casefold()))
    return NOT_A_WORD.sub(" ", letters.replace("_", " ")).strip()


def phrases(text: str) -> frozenset[str]:
    """Split a list of phrases at its commas."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


# What people write in a cell that should be empty.
NOTHING = phrases(
    """, na, n a, n d, nd, s n, sn, s d, s c, x, xx, xxx, no, null, none, nan, sin, ninguno, ninguna
    , no tiene, no aplica, no registra, no posee, no dispone, no hay, no sabe, no refiere, no consta
    , desconocido, sin dato, sin datos, sin telefono, sin celular, sin numero, sin correo, sin email
    , sin e mail, sin mail, no tiene correo, no tiene telefono, no tiene celular, no tiene email
    , por confirmar, pendiente, not available, not provided, unknown, no phone, no email
    , nao, nao tem, nao informado, sem, nenhum, sem telefone, sem celular, sem email, sem e mail"""
)

YES = phrases(
    """si, s, yes, y, ya, true, t, verdadero, verdadeiro, v, 1, 1 0, x, ✓, ✔, ☑, ✅, 👍, √, sim
    , ok, okay, okey, oki, vale, claro, conforme, afirmativo, on, verdad, seguro, con gusto
    , de acuerdo, por supuesto, desde luego, opt in, opted in, optin
    , acepto, acepta, acepte, aceptado, aceptada, aceptan, aceptar, acepto todo
    , autoriza, autorizo, autorizado, autorizada, autorizan, autorizar, concede, concedido
    , consiente, consiento, consentido, consentimiento, otorga, otorgado, otorgada, firma, firmo
    , firmado, firmada, permite, permito, permitido, confirma, confirmo, confirmado, accept
    , accepts, accepted, agree, agrees, agreed, consent, consents, consented, given, granted
    , signed, subscribed, allow, allows, allowed, aceito, aceita, aceitou, autorizou, concordo
    , concorda, concordou, assinado, permitiu"""
)
# A text with a yes is a consent only if all its other words are in this list.
BESIDE_A_YES = phrases(
    """a, al, con, da, dado, dar, de, del, doy, e, el, ella, em, en, ha, he, i, in, la, las, le, lo
    , los, me, mi, o, os, por, que, se, su, sus, the, to, todo, todos, tratamiento, y, and, um
    , paciente, cliente, patient, titular, mama, madre, padre, representante, recibir, receive
    , receber, escribir, escriban, envio, envien, enviar, contacto, contactar, contacten, contact
    , mensaje, mensajes, messages, message, mensagens, msj, msjs, sms, whatsapp, wsp, wa, correo
    , correos, email, mail, texto, llamadas, encuesta, encuestas, datos, data, dados, personales
    , informado, informada, expreso, explicito, verbal, verbalmente, escrito, firmado, telefono
    , recepcion, formulario, hoja, ficha, fecha, dia, hoy, lopdp, terminos, condiciones, politica
    , privacidad, acuerdo, supuesto, claro, senor, senora, gracias"""
)


@lru_cache(maxsize=4_000)
def is_consent(text: str) -> bool:
    """Return whether a text clearly says yes. An unknown word beside the yes makes it a no."""
    phrase = plain(text)
    if phrase in YES:
        return True
    words = phrase.split()
    has_yes = any(word in YES and not word.isdigit() and len(word) > 1 for word in words)
    return (has_yes or "de acuerdo" in phrase) and all(
        word in YES or word in BESIDE_A_YES or word.isdigit() for word in words
    )


CHANNELS = {
    "WHATSAPP": phrases(
        """whatsapp, whats app, whats, wsp, wpp, wapp, wap, wa, ws, wp, wasap, wassap, wasapp
        , guasap, guatsap, watsap, watsapp, whatsap, whatssap, whasap, zap, zapzap"""
    ),
    "EMAIL": phrases(
        """correo, correos, e correo, mail, e mail, email, emails, mails, correo electronico
        , electronico, correo e, gmail"""
    ),
    "SMS": phrases(
        """sms, texto, textos, text, txt, mensaje, mensajes, msj, msg, mensaje de texto
        , mensajes de texto, text message, texting, mensagem, mensagem de texto, torpedo
        , celular, cel, movil, mobile"""
    ),
}
ANY_CHANNEL = phrases("cualquiera, any, todos, indistinto, indiferente, ambos, qualquer, both")
LANGUAGES = {
    "es": phrases(
        """es, esp, spa, sp, espanol, espanola, castellano, castellana, spanish, espanhol
        , es 419, hispano"""
    ),
    "en": phrases("en, eng, ing, ingles, inglesa, english, us, uk"),
    "pt": phrases("pt, por, port, ptg, portugues, portuguesa, portuguese, br, brasileiro"),
}
CHANNEL_OF = {word: channel for channel, known in CHANNELS.items() for word in known}
LANGUAGE_OF = {word: language for language, known in LANGUAGES.items() for word in known}
LOCALE = re.compile(r"(es|en|pt) (?:[a-z]{2}|419)")


@lru_cache(maxsize=4_000)
def parse_channel(text: str) -> str | None:
    """Return a channel's code, "" where any channel will do, None for an unknown word."""
    phrase = plain(text)
    if phrase in NOTHING or phrase in ANY_CHANNEL:
        return ""
    if phrase in CHANNEL_OF:
        return CHANNEL_OF[phrase]
    channels = [CHANNEL_OF[word] for word in phrase.split() if word in CHANNEL_OF]
    # "mensaje de WhatsApp" names SMS ("mensaje") and WhatsApp: take the other channel than SMS.
    first = channels[0] if channels else None
    return next((channel for channel in channels if channel != "SMS"), first)


@lru_cache(maxsize=4_000)
def parse_language(text: str) -> str | None:
    """Return a language's code, "" for an empty text, None for an unknown word."""
    phrase = plain(text)
    if phrase in NOTHING:
        return ""
    if locale := LOCALE.fullmatch(phrase):
        return locale[1]
    languages = (LANGUAGE_OF[word] for word in [phrase, *phrase.split()] if word in LANGUAGE_OF)
    return next(languages, None)
