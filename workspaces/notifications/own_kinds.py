"""The kinds of news that this app declares."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.notifications.kinds import Facts, NotificationKind, PushText


def _test(facts: Facts) -> PushText:  # noqa: ARG001 - it has none
    return PushText(
        _("Notifications work"), _("This is the test that you asked for. Nobody else got it.")
    )


# Only by push, to one browser: no mail is ever made of it.
TEST = NotificationKind(
    label=gettext_lazy("A test"),
    about=gettext_lazy("Sent when you ask for it."),
    permission=None,
    template="",
    push_text=_test,
    is_urgent=lambda _facts: True,
)
