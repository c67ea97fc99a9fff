"""The kinds of news about results. They have figures, and neither names nor comments."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights import digests
from insights.month import mails
from insights.month.months import Month
from workspaces.access import Can
from workspaces.notifications.kinds import OWNERS, Facts, NotificationKind, PushText


def _push_week(facts: Facts) -> PushText:
    return PushText(_("Last week at %(clinic)s") % {"clinic": facts["clinic"]}, _("See the week."))


def _push_month(facts: Facts) -> PushText:
    month = Month.of(date.fromisoformat(facts["month"]))
    title = _("%(month)s at %(clinic)s") % {"month": month.name, "clinic": facts["clinic"]}
    return PushText(title, _("The monthly report is ready."))


WEEK = NotificationKind(
    label=gettext_lazy("Weekly summary"),
    about=gettext_lazy("On Monday morning, with last week’s figures."),
    permission=Can.SEE_CAMPAIGNS,
    template="insights/mail/week",
    push_text=_push_week,
    rank=90,
    mailed_by_default=OWNERS,
    build_context=digests.build_context,
)
MONTH = NotificationKind(
    label=gettext_lazy("Monthly report"),
    about=gettext_lazy("On the first of the month, with last month’s figures as a PDF."),
    permission=Can.SEE_CAMPAIGNS,
    template="insights/mail/month",
    push_text=_push_month,
    rank=100,
    build_context=mails.build_context,
    attach=mails.attach_report,
)
