"""The kinds of news about lists. None has a patient's name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workspaces.access import Can
from workspaces.models import User
from workspaces.notifications.kinds import EVERYBODY, Facts, NotificationKind, PushText


def describe_rows(facts: Facts) -> str:
    new = ngettext("%(count)s new patient.", "%(count)s new patients.", facts["new"])
    told = [new % {"count": facts["new"]}]
    if refused := facts["refused"]:
        words = ngettext("%(count)s row was not taken.", "%(count)s rows were not taken.", refused)
        told.append(words % {"count": refused})
    return " ".join(told)


def _push_done(facts: Facts) -> PushText:
    title = _("Your list for %(campaign)s came in") % {"campaign": facts["campaign"]}
    return PushText(title, describe_rows(facts))


def _push_failed(facts: Facts) -> PushText:
    title = _("A list for %(campaign)s failed") % {"campaign": facts["campaign"]}
    return PushText(title, _("Nobody on it is asked. The page says why, and what to do."))


def _add_rows(reader: User, facts: Facts) -> Facts:  # noqa: ARG001 - the same for everyone
    return facts | {"rows": describe_rows(facts)}


# Off unless somebody wants it: who uploads a list mostly watches its page.
DONE = NotificationKind(
    label=gettext_lazy("Your list came in"),
    about=gettext_lazy("A list that you uploaded, with how many patients were new."),
    permission=Can.UPLOAD_LISTS,
    template="patients/mail/list_done",
    push_text=_push_done,
    rank=70,
    build_context=_add_rows,
)
FAILED = NotificationKind(
    label=gettext_lazy("A list failed"),
    about=gettext_lazy("One that you uploaded, or that a program sent in."),
    permission=Can.UPLOAD_LISTS,
    template="patients/mail/list_failed",
    push_text=_push_failed,
    rank=60,
    mailed_by_default=EVERYBODY,
    pushed_by_default=EVERYBODY,
)
