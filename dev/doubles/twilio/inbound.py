"""Store messages from patients, let the carrier act on them, and post them to the product."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from dev.doubles.twilio import media
from dev.doubles.twilio.carrier import API_VERSION, Carrier
from dev.doubles.twilio.state import (
    WHATSAPP,
    Channel,
    Direction,
    Media,
    Message,
    Phone,
    State,
    Status,
    bare,
    new_sid,
)
from dev.doubles.twilio.webhooks import Postman
from templates_app.segments import measure_text

# Twilio's default keywords. They must be the whole text; case does not matter.
KEYWORDS = {
    **dict.fromkeys(
        ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"), "STOP"
    ),
    **dict.fromkeys(("START", "YES", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}

ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages"
    " from this number. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number."
    " Reply HELP for help. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}

PLACES = ("City", "State", "Zip", "Country")


@dataclass(frozen=True, slots=True)
class Reply:
    person: str
    to: str
    body: str
    channel: Channel = Channel.SMS
    button: str = ""  # the payload of a quick-reply button; the body is its title
    replied_to: str = ""  # the SID of the message that is quoted, or whose button was pressed
    name: str = ""
    media: tuple[Media, ...] = ()
    origin: str = ""  # of the simulator, for the URLs of the files
    extra: Mapping[str, str] = field(default_factory=dict)  # replaces or adds webhook fields


class Inbox:
    def __init__(
        self,
        *,
        account_sid: str,
        url: str,
        advanced_opt_out: bool,
        state: State,
        carrier: Carrier,
        postman: Postman,
    ) -> None:
        self.account_sid = account_sid
        self.url = url
        self.advanced_opt_out = advanced_opt_out
        self.state = state
        self.carrier = carrier
        self.postman = postman

    def receive(self, reply: Reply) -> Message:
        prefix = WHATSAPP if reply.channel is Channel.WHATSAPP else ""
        message = Message(
            to=prefix + bare(reply.to),
            sender=prefix + bare(reply.person),
            body=reply.body,
            status=Status.RECEIVED,
            direction=Direction.INBOUND,
            segments=max(measure_text(reply.body).count, 1),
            replied_to=reply.replied_to,
            media=reply.media,
            sid=new_sid("MM" if reply.media else "SM"),
        )
        message.service = self.state.services.get(message.to, "")
        message.sent = message.created
        phone = self.state.phone(message.person)
        phone.name = reply.name or phone.name
        self.state.add(message)
        for line in lines(message):
            self.state.last_heard[line, message.person] = time.time()
        keyword = self._apply_keyword(message)
        self.postman.hand_over(
            self.url,
            {**self._fields(message, reply, phone, keyword), **reply.extra},
            then=lambda heard: self._note_answer(message, heard),
        )
        return message

    def _apply_keyword(self, message: Message) -> str:
        """Let the carrier act on a keyword, for SMS and for services that manage opt-outs."""
        keyword = KEYWORDS.get(message.body.strip().upper(), "")
        managed = bool(message.service) and self.advanced_opt_out
        if not keyword or not (managed or message.channel is Channel.SMS):
            return ""
        keys = {(line, message.person) for line in lines(message)}
        changes = keyword != "HELP" and (keyword == "STOP") != (keys <= self.state.blocked)
        if keyword == "STOP":
            self.state.blocked |= keys
        elif keyword == "START":
            self.state.blocked -= keys
        if changes or keyword == "HELP":
            self.carrier.answer_by_itself(
                to=message.sender,
                sender=message.to,
                service=message.service,
                body=ANSWERS[keyword],
            )
        return keyword if managed else ""

    def _fields(self, message: Message, reply: Reply, phone: Phone, keyword: str) -> dict[str, str]:
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "To": message.to,
            "Body": message.body,
            **media.webhook_fields(message, f"{reply.origin}{self._path_of(message)}"),
            "NumSegments": str(message.segments),
            "SmsStatus": "received",
            "ApiVersion": API_VERSION,
        }
        if message.service:
            fields["MessagingServiceSid"] = message.service
        if keyword:
            fields["OptOutType"] = keyword
        if message.channel is Channel.SMS:
            return fields | {f"{whose}{place}": "" for whose in ("From", "To") for place in PLACES}
        fields |= {
            "WaId": message.person.removeprefix("+"),
            "ProfileName": phone.name or "Paciente",
            "MessageType": "button" if reply.button else media.message_type(message),
        }
        if not message.person.startswith("+"):
            fields["ExternalUserId"] = message.person
            del fields["WaId"]
        if reply.button:
            fields |= {"ButtonText": message.body, "ButtonPayload": reply.button}
        if reply.replied_to:
            fields["OriginalRepliedMessageSid"] = reply.replied_to
            fields["OriginalRepliedMessageSender"] = message.to
        return fields

    def _path_of(self, message: Message) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{message.sid}"

    def _note_answer(self, message: Message, heard: str) -> None:
        message.heard = heard
        self.state.stats[f"inbound answered {heard}"] += 1
        self.state.touch(message.person)


def lines(message: Message) -> set[str]:
    """Return the number that a patient wrote to, and its Messaging Service."""
    return {message.to, message.service} - {""}
