"""The monthly report by mail: on the first of the month, to the members who asked for it.

A row for each person and month is written before the mail is queued. It is locked while the mail
is sent and then marked as done, so neither a second run nor a task that is delivered twice sends
it again. A row that nobody has done is queued again for a week; later it would be no news.
"""

from datetime import datetime, time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core import tenancy
from core.errors import ProblemError
from insights.models import MonthlyMail
from insights.month import mail_stop
from insights.month.changes import describe_changes
from insights.month.months import Month
from insights.month.pdf.reports import Edition, make_report, read_month
from workspaces.access import Can, may, people_who_may
from workspaces.mail import compose_mail, supported_language
from workspaces.models import User
from workspaces.practices import workspace_time_zone

MORNING = time(8)
SEND_WITHIN = timedelta(days=7)
QUEUE_AGAIN_AFTER = timedelta(hours=1)
# From this SMTP code on, a refusal is for good.
PERMANENT = 500
SENTENCES = 3

log = structlog.get_logger("month_mail")


def queue_due_reports(*, now: datetime | None = None) -> int:
    """Queue last month's report for each member who wants it. Return how many were queued."""
    now = now or timezone.now()
    with tenancy.platform("monthly reports"):
        readers = User.objects.filter(people_who_may(Can.SEE_CAMPAIGNS), wants_monthly_report=True)
        return sum(_queue_if_due(reader, now) for reader in readers.select_related("workspace"))


def _queue_if_due(reader: User, now: datetime) -> bool:
    assert reader.workspace  # a role comes with a workspace
    local = now.astimezone(workspace_time_zone(reader.workspace))
    month = Month.of(local.date())
    morning = datetime.combine(month.first, MORNING, local.tzinfo)
    if not morning <= local < morning + SEND_WITHIN:
        return False
    mail, is_new = MonthlyMail.objects.get_or_create(
        workspace=reader.workspace,
        user=reader,
        month=month.previous.first,
        defaults={"queued_at": now},
    )
    if not is_new:
        if mail.done_at or mail.queued_at > now - QUEUE_AGAIN_AFTER:
            return False
        mail.queued_at = now
        mail.save(update_fields=["queued_at", "updated_at"])
    _queue_on_commit(mail)
    return True


def _queue_on_commit(mail: MonthlyMail) -> None:
    args = [str(mail.workspace_id), str(mail.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("insights.tasks.send_monthly_report", args=args), robust=True
    )


def send_report(*, workspace_id: UUID, mail_id: UUID) -> None:
    """Mail a report unless that is done, or being done by another worker."""
    with tenancy.within(workspace_id):
        mail = (
            MonthlyMail.objects.within(workspace_id)
            .select_for_update(skip_locked=True)
            .filter(pk=mail_id, done_at=None)
            .first()
        )
        if mail is None:
            return
        reader = User.objects.select_related("workspace").get(pk=mail.user_id)
        if reader.is_active and reader.wants_monthly_report and may(reader, Can.SEE_CAMPAIGNS):
            _send_or_give_up(reader, Month.of(mail.month))
        mail.done_at = timezone.now()
        mail.save(update_fields=["done_at", "updated_at"])


def _send_or_give_up(reader: User, month: Month) -> None:
    """Send the report. A mailbox that refuses for good is not tried again."""
    try:
        _send(reader, month)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        if not is_permanent(error):
            raise
        log.warning("Monthly report refused for good", user_id=str(reader.pk))


def is_permanent(error: SMTPRecipientsRefused | SMTPResponseException) -> bool:
    if isinstance(error, SMTPResponseException):
        return error.smtp_code >= PERMANENT
    return all(code >= PERMANENT for code, _words in error.recipients.values())


def _send(reader: User, month: Month) -> None:
    """Send the report with a few sentences. A month in which nobody was asked is no news."""
    workspace = reader.workspace
    assert workspace
    with override(supported_language(reader.language or workspace.language)):
        try:
            facts = read_month(workspace, month, reader=reader)
        except ProblemError:
            return
        report = make_report(facts, Edition.MAIL, reader=reader)
        stop = settings.SITE_URL + mail_stop.path_for(reader)
        context = {
            "clinic": workspace.name,
            "month": month.name,
            "sentences": describe_changes(facts)[:SENTENCES],
            "link": f"{settings.SITE_URL}{reverse('month')}?month={month}",
            "stop": stop,
        }
        message = compose_mail("insights/mail/month", to=reader.email, context=context)
        message.attach(report.name, report.content, "application/pdf")
        message.extra_headers["List-Unsubscribe"] = f"<{stop}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.send()
