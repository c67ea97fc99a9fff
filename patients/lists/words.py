"""What people write for consent, a channel and a language."""

import re
import unicodedata
from functools import lru_cache

NOT_A_WORD = re.compile(r"[^\w+✓✔☑✅]+")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Lower case, without accents, with one blank between words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return NOT_A_WORD.sub(" ", letters.replace("_", " ")).strip()


def words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


NOTHING = words("|na|n a|s n|sn|nd|n d|null|none|nan|no tiene|no|sin|ninguno|ninguna|no aplica"
                "|no registra|no posee|no dispone|sin telefono|sin celular|sin numero|sin correo"
                "|sin email|sin e mail|sin dato|sin datos|desconocido|x|nao tem|sem|sem telefone"
                "|sem email|sem e mail|nenhum|not available|unknown|no phone|no email")  # fmt: skip

YES = words("si|s|yes|y|true|t|verdadero|verdadeiro|v|1|x|✓|✔|☑|✅|acepto|acepta|acepte|aceptado"
            "|aceptada|autoriza|autorizo|autorizado|autorizada|de acuerdo|conforme|sim|ok|okay|okey"
            "|vale|claro|por supuesto|consiente|consiento|concede|concedido|otorga|otorgado|firmado"
            "|firmo|firma|accept|accepts|accepted|agree|agrees|agreed|consent|consents|consented"
            "|given|granted|signed|opt in|opted in|optin|aceito|aceita|autorizado|concordo|concorda"
            "|activo|on|verdad|afirmativo|permitido|permite")  # fmt: skip
NO = words("no|not|nao|none|never|nunca|ni|sin|falso|false|negado|negada|rechaza|rechazado|rechazo"
           "|revoca|revocado|retira|retirado|refused|declined|denied|opt out|opted out|recusa"
           "|recusado|pendiente|pending|pendente|sem")  # fmt: skip


@lru_cache(maxsize=4_000)
def is_consent(text: str) -> bool:
    """Only what clearly says yes; a word that nobody thought of is no consent."""
    said = plain(text)
    if said in YES:
        return True
    parts = said.split()
    if not parts or NO.intersection(parts):
        return False
    opening = {parts[0], " ".join(parts[:2])}
    return (
        len(parts) <= 8
        and not parts[0].isdigit()
        and bool(YES.intersection(opening) - {"x", "v", "y", "t", "s"})
    )


CHANNELS = {
    "SMS": words("sms|s|texto|mensaje|mensaje de texto|mensajes de texto|text|text message|mensajeria"
                 "|celular|movil|mobile|telefono|phone|cel|telefone|mensagem|mensagem de texto|torpedo"
                 "|mensaje sms|por sms|txt"),
    "WHATSAPP": words("whatsapp|whats app|wsp|wa|whats|wpp|wap|wasap|guasap|wassap|watsap|whatsap|wp"
                      "|whatssap|wats|whasap|w|ws|zap|zapzap|por whatsapp|whatsapp business|mensaje de whatsapp"),
    "EMAIL": words("correo|mail|e mail|email|correo electronico|electronico|e|m|por correo|emails"
                   "|correo e|c electronico|correos|e correo|por email|por mail"),
}  # fmt: skip
LANGUAGES = {
    "es": words("es|esp|spa|espanol|castellano|spanish|espanhol|es ec|es es|es mx|es co|es pe|es ar"
                "|es cl|es us|es 419|s|e|spanish latin america|ecuatoriano"),
    "en": words("en|eng|ingles|english|ing|en us|en gb|en ca|en au|i|uk|us|american"),
    "pt": words("pt|por|portugues|portuguese|pt br|pt pt|brasileiro|brasileno|p|port|br"),
}  # fmt: skip
CHANNEL_OF = {word: channel for channel, known in CHANNELS.items() for word in known}
LANGUAGE_OF = {word: language for language, known in LANGUAGES.items() for word in known}


def channel_of(text: str) -> str | None:
    return CHANNEL_OF.get(plain(text))


def language_of(text: str) -> str | None:
    return LANGUAGE_OF.get(plain(text))
