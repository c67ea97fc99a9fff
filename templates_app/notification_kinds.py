"""The kind of news about texts: what Meta decided."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from templates_app.models import ApprovalNews
from templates_app.models.approvals import category_label
from workspaces.access import Can
from workspaces.models import User
from workspaces.notifications.kinds import OWNERS, Facts, NotificationKind, PushText


def _push_decided(facts: Facts) -> PushText:
    titles = {
        ApprovalNews.APPROVED: _("Meta approved a WhatsApp text"),
        ApprovalNews.REJECTED: _("Meta rejected a WhatsApp text"),
        ApprovalNews.CATEGORY: _("Meta changed the category of a WhatsApp text"),
        ApprovalNews.STOPPED: _("Meta stopped a WhatsApp text"),
    }
    return PushText(titles[ApprovalNews(facts["news"])], facts["names"])


def _name_categories(reader: User, facts: Facts) -> Facts:  # noqa: ARG001 - the same for everyone
    named = {key: category_label(facts[key]) for key in ("category", "previous_category")}
    return facts | named


DECIDED = NotificationKind(
    label=gettext_lazy("Meta decided about a WhatsApp text"),
    about=gettext_lazy("It was approved, rejected or stopped, or has another category now."),
    permission=Can.MANAGE_TEXTS,
    template="templates_app/mail/approval",
    push_text=_push_decided,
    rank=75,
    mailed_by_default=OWNERS,
    build_context=_name_categories,
)
