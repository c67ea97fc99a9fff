"""The kinds of news about patients and credits. None has a patient's name or words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from messaging import long_waits
from messaging.models import Urgency
from workspaces.access import Can
from workspaces.models import User
from workspaces.notifications.kinds import (
    EVERYBODY,
    OWNERS,
    OWNERS_AND_DOCTORS,
    Facts,
    NotificationKind,
    PushText,
)


def _push_urgent(facts: Facts) -> PushText:
    return PushText(
        _("Urgent: a patient needs you"),
        _("A patient of %(practice)s wrote something urgent: %(urgency)s.")
        % {"practice": facts["practice"], "urgency": Urgency(facts["urgency"]).label},
    )


def name_urgency(reader: User, facts: Facts) -> Facts:  # noqa: ARG001 - the same for everyone
    urgency = facts["urgency"]
    return facts | {"urgency": Urgency(urgency).label if urgency else ""}


def _push_unhappy(facts: Facts) -> PushText:
    return PushText(
        _("A patient gave a low rating"),
        _("A patient of %(practice)s. You may want to get in touch soon.")
        % {"practice": facts["practice"]},
    )


def _push_waiting(facts: Facts) -> PushText:
    return PushText(_("Patients wait for an answer"), describe_wait(facts))


def describe_wait(facts: Facts) -> str:
    return ngettext(
        "%(count)s patient has waited for more than %(hours)s hours.",
        "%(count)s patients have waited for more than %(hours)s hours.",
        facts["count"],
    ) % {"count": facts["count"], "hours": facts["hours"]}


def _push_credits(facts: Facts) -> PushText:
    if facts["none_left"]:
        return PushText(
            _("There are no message credits left"),
            _("No message is lost: what waits leaves by itself after a top-up."),
        )
    left = facts["credits"]
    text = ngettext("%(left)s message credit is left.", "%(left)s message credits are left.", left)
    return PushText(_("Few message credits are left"), text % {"left": left})


URGENT_TEXT = NotificationKind(
    label=gettext_lazy("A patient wrote something urgent"),
    about=gettext_lazy("What they wrote sounds like an emergency, harm or legal steps."),
    permission=Can.ANSWER_PATIENTS,
    template="messaging/mail/urgent",
    push_text=_push_urgent,
    rank=10,
    mailed_by_default=OWNERS_AND_DOCTORS,
    pushed_by_default=EVERYBODY,
    is_urgent=lambda _facts: True,
    build_context=name_urgency,
)
UNHAPPY = NotificationKind(
    label=gettext_lazy("An unhappy patient"),
    about=gettext_lazy("As soon as a patient rates their visit with 1 to 3."),
    permission=Can.ANSWER_PATIENTS,
    template="messaging/mail/unhappy",
    push_text=_push_unhappy,
    rank=20,
    mailed_by_default=OWNERS_AND_DOCTORS,
    pushed_by_default=EVERYBODY,
)
LONG_WAIT = NotificationKind(
    label=gettext_lazy("A patient waits too long"),
    about=gettext_lazy("When nobody has answered their message for four hours."),
    permission=Can.ANSWER_PATIENTS,
    template="messaging/mail/long_wait",
    push_text=_push_waiting,
    rank=30,
    mailed_by_default=OWNERS,
    pushed_by_default=EVERYBODY,
    refresh=long_waits.count_again,
    build_context=lambda _reader, facts: facts | {"sentence": describe_wait(facts)},
)
CREDITS = NotificationKind(
    label=gettext_lazy("Credits run low"),
    about=gettext_lazy("When a fifth is left, and when none is left."),
    permission=Can.MANAGE_BILLING,
    template="messaging/mail/credits",
    push_text=_push_credits,
    rank=80,
    mailed_by_default=OWNERS,
    pushed_by_default=OWNERS,
    is_urgent=lambda facts: bool(facts["none_left"]),
)
