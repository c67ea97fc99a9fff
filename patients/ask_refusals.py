"""What a member at the desk reads when one patient cannot be asked: why, and what to do."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, CampaignStatus
from patients import row_eligibility
from patients.lists.problem_messages import problem_message

FORM_FIELDS = ("name", "phone", "email")

MESSAGES = {
    row_eligibility.OPTED_OUT: gettext_lazy(
        "This person wants no messages, so they are not asked. Only they can change that, by"
        " writing START or ALTA to us."
    ),
    row_eligibility.NUMBER_DEAD: gettext_lazy(
        "Messages do not arrive at this phone or e-mail. Ask the patient for another one."
    ),
    row_eligibility.HELD: gettext_lazy(
        "This person wrote something that may mean that they want no messages. Somebody has to"
        " decide that under “Messages” first."
    ),
}


def message_of(reason: str) -> str:
    return str(MESSAGES[reason]) if reason in MESSAGES else problem_message(reason, {})


def field_of(reason: str) -> str | None:
    """Return the field of the form that a refusal is about, or None if it is about none."""
    if reason == "unreachable":
        return "phone"
    field = reason.partition("_")[0]
    return field if field in FORM_FIELDS else None


def not_active(campaign: Campaign) -> str:
    if campaign.status == CampaignStatus.PAUSED:
        words = _("“%(name)s” is paused, so nobody is asked. Resume it, or choose another one.")
    elif campaign.status == CampaignStatus.DRAFT:
        words = _("“%(name)s” is a draft, so nobody is asked. Activate it, or choose another one.")
    else:
        words = _("“%(name)s” has ended, so nobody is asked any more. Choose another one.")
    return words % {"name": campaign.name}


def no_credits() -> str:
    return _("There are no credits left, so nothing can be sent. An owner buys more under Billing.")


def no_room() -> str:
    return _(
        "Your clinic is new, and has written to as many patients as it may for now. The notice on"
        " the home page says what to do."
    )


def already_planned(when: str, *, practice: str) -> str:
    return _(
        "This person is to be asked already about a visit at %(practice)s: the message leaves"
        " %(when)s."
    ) % {"practice": practice, "when": when}


def undo_first() -> str:
    return _("Nothing has changed. To correct what was entered, undo that one first.")


def asked_lately(possible: datetime | None) -> str:
    if possible is None:
        return problem_message(row_eligibility.ASKED_LATELY, {})
    return _("This person was asked only recently. They can be asked again from %(day)s.") % {
        "day": date_format(possible, "SHORT_DATE_FORMAT")
    }
