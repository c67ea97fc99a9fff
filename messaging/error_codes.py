"""What each error code of the providers means, and the sentence that users read about it."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Consequence(StrEnum):
    """The kinds of failure. `error_policy.py` says what we do after each of them."""

    PERMANENT = "permanent"  # the number or mailbox cannot receive messages
    OPTED_OUT = "opted_out"  # the person told the carrier or WhatsApp to stop
    ACCOUNT_REFUSED = "account_refused"  # the provider takes nothing from our account
    SENDER_REFUSED = "sender_refused"  # the provider takes nothing from this sender
    RATE = "rate"  # too many requests: the message was not processed
    LATER = "later"  # the provider's queue is full: the message was not processed
    UNREACHABLE_NOW = "unreachable_now"  # the phone is switched off
    UNKNOWN_ONCE = "unknown_once"  # the carrier gives no reason
    BLOCKED = "blocked"  # a filter kept it back, and would keep the same text back again
    EXPIRED = "expired"  # it waited too long in the provider's queue
    NO_WHATSAPP = "no_whatsapp"  # the number is not on WhatsApp
    WITHHELD = "withheld"  # Meta kept it back from this person
    TEMPLATE_NEEDED = "template_needed"  # outside the 24 hours, only an approved template goes
    COMPLAINED = "complained"  # the patient reported a mail as spam
    TEMPLATE_REFUSED = "template_refused"  # this approved template does not fit
    LOOP = "loop"  # two machines answer each other
    REFUSED = "refused"  # only this message is refused; the number is not to blame


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
    # They are about one number, so the sender goes on.
    "21408": Meaning(
        Consequence.REFUSED, _("The provider’s account may not send to this country.")
    ),
    "21612": Meaning(Consequence.REFUSED, _("This sender cannot reach that number.")),
    # They are about one clinic's template, so a sender that clinics share goes on.
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
    # Our own codes for mail, because mail servers word it differently: `bounces/diagnosis.py`.
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
    """Return what a code means. An unknown code counts as a refusal of one message."""
    return MEANINGS.get(code, OTHER)
