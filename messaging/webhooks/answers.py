"""Read a patient's text from the fields of a webhook, and what it means."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from messaging import replies
from messaging.replies import ReplyReading
from messaging.webhooks.fields import Fields, sid_of, text
from patients.models import E164
from templates_app.models import Channel

WHATSAPP = "whatsapp:"
MEDIA = "\N{PAPERCLIP}"
MEDIA_SID = re.compile(r"/Media/(ME[0-9a-fA-F]{32})$")
MOST_MEDIA = 10
LONGEST_USER_ID = 128
# A text that comes later than this after an ask is no answer to it.
ANSWERED_WITHIN = timedelta(days=30)

# Set by Twilio when a Messaging Service manages opt-outs.
OPT_OUT_TYPES = {
    "STOP": ReplyReading("opt_out"),
    "START": ReplyReading("opt_in"),
    "HELP": ReplyReading("help"),
}
PRECEDENCE = {"opt_out": 0, "opt_in": 1, "help": 1, "rating": 1, "other": 2}


@dataclass(frozen=True)
class MediaReference:
    """A file that came with a text, by its id at Twilio."""

    sid: str
    content_type: str


@dataclass(frozen=True)
class PatientAnswer:
    external_id: str
    channel: Channel
    person: str  # the phone; empty where WhatsApp hides it
    user_id: str  # WhatsApp's id of the person, for this sender only
    to: str
    service: str
    replied_to: str
    body: str
    meaning: ReplyReading
    is_confirmed: bool  # the carrier or Twilio has confirmed the opt-out already
    at: datetime
    media: tuple[MediaReference, ...] = ()


def answer_of(fields: Fields, *, at: datetime) -> PatientAnswer:
    sender, to = text(fields, "From"), text(fields, "To")
    person = sender.removeprefix(WHATSAPP).strip()
    is_phone = bool(re.fullmatch(E164, person))
    on_whatsapp = to.startswith(WHATSAPP) or sender.startswith(WHATSAPP)
    user_id = text(fields, "ExternalUserId").strip() or ("" if is_phone else person)
    return PatientAnswer(
        external_id=sid_of(fields),
        channel=Channel.WHATSAPP if to.startswith(WHATSAPP) else Channel.SMS,
        person=person if is_phone else "",
        user_id=user_id[:LONGEST_USER_ID] if on_whatsapp else "",
        to=to.removeprefix(WHATSAPP).strip(),
        service=text(fields, "MessagingServiceSid"),
        replied_to=text(fields, "OriginalRepliedMessageSid"),
        body=_body(fields),
        meaning=meaning_of(fields),
        is_confirmed=bool(text(fields, "OptOutType").strip()),
        at=at,
        media=_media(fields),
    )


def meaning_of(fields: Fields) -> ReplyReading:
    """Read the text, and a button's payload and label. An opt-out in any of them wins."""
    body = text(fields, "Body")
    texts = [text(fields, "ButtonPayload"), text(fields, "ButtonText"), body]
    readings = [replies.read(words) for words in texts if words.strip()]
    if official := OPT_OUT_TYPES.get(text(fields, "OptOutType").upper()):
        readings.insert(0, official)
    first = min(
        readings, key=lambda reading: PRECEDENCE[reading.intent], default=ReplyReading("other")
    )
    is_unsure = first.intent in ("rating", "other")
    return replace(
        first,
        may_be_opt_out=is_unsure and any(reading.may_be_opt_out for reading in readings),
        needs_person=any(reading.needs_person for reading in readings),
    )


def _media(fields: Fields) -> tuple[MediaReference, ...]:
    addresses = [(text(fields, f"MediaUrl{place}"), place) for place in range(MOST_MEDIA)]
    return tuple(
        MediaReference(found[1], text(fields, f"MediaContentType{place}").lower()[:100])
        for address, place in addresses
        if (found := MEDIA_SID.search(address))
    )


def _body(fields: Fields) -> str:
    body, media = text(fields, "Body").strip(), text(fields, "NumMedia")
    attached = media.isdecimal() and media.strip("0")
    return f"{body} {MEDIA}".strip() if attached else body
