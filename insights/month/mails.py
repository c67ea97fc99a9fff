"""The monthly report: on the first of the month, to the members who turned it on.

Each member is told once a month, because the month is the cause of the notification. A missed first
day is made up for within a week; later it would be no news.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from insights.month import mail_stop
from insights.month.changes import describe_changes
from insights.month.months import Month
from insights.month.pdf.reports import Edition, make_report, read_month
from workspaces.models import User, Workspace
from workspaces.notifications import choices
from workspaces.notifications.kinds import Facts
from workspaces.notifications.notifying import notify
from workspaces.practices import workspace_time_zone

KIND = "insights.month"
MORNING = time(8)
SEND_WITHIN = timedelta(days=7)
SENTENCES = 3


def queue_due_reports(*, now: datetime | None = None) -> int:
    """Tell the members who want last month's report. Return how many notifications are new."""
    now = now or timezone.now()
    with tenancy.platform("monthly reports"):
        clinics = choices.those_who_chose(KIND).values("workspace")
        return sum(_tell_if_due(clinic, now) for clinic in Workspace.objects.filter(pk__in=clinics))


def _tell_if_due(clinic: Workspace, now: datetime) -> int:
    local = now.astimezone(workspace_time_zone(clinic))
    month = Month.of(local.date())
    morning = datetime.combine(month.first, MORNING, local.tzinfo)
    if not morning <= local < morning + SEND_WITHIN:
        return 0
    last = month.previous
    return notify(
        KIND,
        workspace=clinic,
        cause=str(last),
        path=f"{reverse('month')}?month={last}",
        facts={"month": last.first.isoformat(), "clinic": clinic.name},
        now=now,
    )


def build_context(reader: User, facts: Facts) -> Facts | None:
    """Return a few sentences, or None for a month in which nobody was asked."""
    assert reader.workspace
    month = Month.of(date.fromisoformat(facts["month"]))
    try:
        figures = read_month(reader.workspace, month, reader=reader)
    except ProblemError:
        return None
    return {
        "clinic": reader.workspace.name,
        "month": figures.month.name,
        "sentences": describe_changes(figures)[:SENTENCES],
        "stop": settings.SITE_URL + mail_stop.path_for(reader),
        "figures": figures,  # for the PDF
    }


def attach_report(message: EmailMultiAlternatives, reader: User, context: Facts) -> None:
    report = make_report(context["figures"], Edition.MAIL, reader=reader)
    message.attach(report.name, report.content, "application/pdf")
    message.extra_headers["List-Unsubscribe"] = f"<{context['stop']}>"
    message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
