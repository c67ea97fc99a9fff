"""What a provider's error code means for the message, the patient and the sender."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Consequence(StrEnum):
    PERMANENT = "permanent"  # the number cannot receive: never write to it again
    OPTED_OUT = "opted_out"  # told the carrier or WhatsApp to stop: never write to it again
    ACCOUNT_REFUSED = "account_refused"  # nothing of our account gets through: pause the sender
    SENDER_REFUSED = "sender_refused"  # this sender may not send: pause it once that is certain
    RATE = "rate"  # never processed: again after the delay that was told
    LATER = "later"  # the queue is full: again later
    UNREACHABLE_NOW = "unreachable_now"  # the phone is off: again, a few times
    UNKNOWN_ONCE = "unknown_once"  # nobody knows why: again, once
    BLOCKED = "blocked"  # filtered: never the same text again
    EXPIRED = "expired"  # waited too long: again only if it is still timely
    NO_WHATSAPP = "no_whatsapp"  # not on WhatsApp: by SMS, where the workspace allows it
    WITHHELD = "withheld"  # Meta kept it back: by SMS, where the workspace allows it
    TEMPLATE_NEEDED = "template_needed"  # outside the 24 hours: an approved template only
    COMPLAINED = "complained"  # reported a mail as spam: an opt-out, never write to it again
    TEMPLATE_REFUSED = "template_refused"  # this approved template does not fit: by SMS if allowed
    LOOP = "loop"  # two machines answer each other: stop answering, raise an alarm
    REFUSED = "refused"  # this message is not taken, and the number is not to blame


# WhatsApp cannot bring it: the same message goes by SMS, where the workspace allows it.
BY_SMS_INSTEAD = frozenset(
    {
        Consequence.NO_WHATSAPP,
        Consequence.WITHHELD,
        Consequence.TEMPLATE_NEEDED,
        Consequence.TEMPLATE_REFUSED,
    }
)


class Meaning(NamedTuple):
    consequence: Consequence
    explanation: str | Promise


OTHER = Meaning(Consequence.REFUSED, _("The provider did not take the message."))

MEANINGS: dict[str, Meaning] = {
    "21211": Meaning(Consequence.PERMANENT, _("This phone number does not exist.")),
    "21614": Meaning(Consequence.PERMANENT, _("This is not a mobile number.")),
    "21635": Meaning(Consequence.PERMANENT, _("This is a landline.")),
    "30005": Meaning(Consequence.PERMANENT, _("This number is not in use.")),
    "30006": Meaning(
        Consequence.PERMANENT, _("This is a landline, or its carrier takes no texts.")
    ),
    "21610": Meaning(Consequence.OPTED_OUT, _("The patient answered STOP to this sender.")),
    "63014": Meaning(Consequence.OPTED_OUT, _("The patient blocked the business on WhatsApp.")),
    "20003": Meaning(Consequence.ACCOUNT_REFUSED, _("The provider refuses our credentials.")),
    "30002": Meaning(Consequence.ACCOUNT_REFUSED, _("The provider’s account is suspended.")),
    "63020": Meaning(
        Consequence.SENDER_REFUSED, _("Meta has not accepted the WhatsApp business account.")
    ),
    # About one number: other patients of the same sender are still reached.
    "21408": Meaning(
        Consequence.REFUSED, _("The provider’s account may not send to this country.")
    ),
    "21612": Meaning(Consequence.REFUSED, _("This sender cannot reach that number.")),
    # About one clinic's template: other clinics of the same sender are not affected.
    "63027": Meaning(
        Consequence.TEMPLATE_REFUSED, _("The WhatsApp template does not exist in this language.")
    ),
    "63028": Meaning(
        Consequence.TEMPLATE_REFUSED, _("The WhatsApp template expects other variables.")
    ),
    "63041": Meaning(Consequence.TEMPLATE_REFUSED, _("Meta has paused the WhatsApp template.")),
    "20429": Meaning(Consequence.RATE, _("Too many messages at once; it will be sent again.")),
    "63018": Meaning(Consequence.RATE, _("Too many messages at once; it will be sent again.")),
    "21611": Meaning(Consequence.LATER, _("The provider’s queue is full; it will be sent again.")),
    "30001": Meaning(Consequence.LATER, _("The provider’s queue is full; it will be sent again.")),
    "30003": Meaning(Consequence.UNREACHABLE_NOW, _("The phone is switched off or out of reach.")),
    "30008": Meaning(Consequence.UNKNOWN_ONCE, _("The carrier gives no reason.")),
    "30004": Meaning(Consequence.BLOCKED, _("The phone or the carrier blocks these messages.")),
    "30007": Meaning(Consequence.BLOCKED, _("The carrier’s filter kept the message back.")),
    "30036": Meaning(Consequence.EXPIRED, _("It could not be delivered in time.")),
    "63003": Meaning(Consequence.NO_WHATSAPP, _("This number is not on WhatsApp.")),
    "63024": Meaning(Consequence.NO_WHATSAPP, _("This number is not on WhatsApp.")),
    "63032": Meaning(Consequence.WITHHELD, _("WhatsApp held the message back from this person.")),
    "63049": Meaning(Consequence.WITHHELD, _("WhatsApp held the message back from this person.")),
    "63016": Meaning(
        Consequence.TEMPLATE_NEEDED, _("WhatsApp takes only an approved template at this time.")
    ),
    # Ours, for mail: no two mail servers say it alike, see `messaging/bounces/diagnosis.py`.
    "mail_unknown": Meaning(Consequence.PERMANENT, _("This e-mail address does not exist.")),
    "mail_complaint": Meaning(
        Consequence.COMPLAINED, _("The patient reported the e-mail as spam.")
    ),
    "mail_full": Meaning(Consequence.REFUSED, _("The patient’s mailbox is full.")),
    "mail_refused": Meaning(
        Consequence.REFUSED, _("The patient’s mail server did not accept the e-mail.")
    ),
    "mail_expired": Meaning(
        Consequence.REFUSED, _("The patient’s mail server could not be reached for days.")
    ),
    "14107": Meaning(Consequence.LOOP, _("Messages went back and forth too fast to be a person.")),
}


def meaning_of(code: str) -> Meaning:
    return MEANINGS.get(code, OTHER)
