"""The kinds of news about public reviews. None has a reviewer's name or words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from messaging.notification_kinds import name_urgency
from workspaces.access import Can
from workspaces.notifications.kinds import (
    EVERYBODY,
    OWNERS,
    OWNERS_AND_DOCTORS,
    Facts,
    NotificationKind,
    PushText,
)


def _push_low(facts: Facts) -> PushText:
    if facts["urgent_count"]:
        title = _("Urgent: a review at Google needs you")
    else:
        title = ngettext(
            "A review with few stars at Google",
            "%(count)s reviews with few stars at Google",
            facts["count"],
        ) % {"count": facts["count"]}
    return PushText(title, facts["places"])


def _push_new(facts: Facts) -> PushText:
    title = ngettext(
        "A new review at Google", "%(count)s new reviews at Google", facts["count"]
    ) % {"count": facts["count"]}
    return PushText(title, facts["places"])


LOW = NotificationKind(
    label=gettext_lazy("A public review with 1 to 3 stars"),
    about=gettext_lazy("As soon as the review arrives from Google."),
    permission=Can.SEE_REVIEWS,
    template="reviews/mail/low_reviews",
    push_text=_push_low,
    rank=40,
    mailed_by_default=OWNERS_AND_DOCTORS,
    pushed_by_default=EVERYBODY,
    is_urgent=lambda facts: bool(facts["urgent_count"]),
    build_context=name_urgency,
)
NEW = NotificationKind(
    label=gettext_lazy("Another new public review"),
    about=gettext_lazy("With 4 or 5 stars, or without any."),
    permission=Can.SEE_REVIEWS,
    template="reviews/mail/new_reviews",
    push_text=_push_new,
    rank=50,
    pushed_by_default=OWNERS,
)
