"""Send the notifications that are due.

A batch is claimed in one transaction, sent outside of any, and settled in another. Two workers
never claim the same row. If a worker is killed between sending and settling, the row is due again
after the lease: a mail then has the same Message-ID, and a push replaces the first one on screen.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from uuid import UUID

import structlog
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import override

from core import sql, tenancy
from workspaces.mail import supported_language
from workspaces.models import Notification, NotificationOutcome
from workspaces.notifications import choices
from workspaces.notifications.kinds import all_kinds
from workspaces.notifications.mails import compose_notification
from workspaces.notifications.push import keys, requests, subscriptions

BATCH = 20
# Longer than a batch takes while the mail server hangs: 20 mails of 10 seconds.
LEASE = timedelta(minutes=5)
NEWS_FOR = timedelta(days=3)
# How long to wait after the first failure, the second and so on. The last one repeats.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
# From this SMTP code on, a refusal is for good.
PERMANENT = 500

# One index scan over what is due. `due_at` becomes the end of the lease.
CLAIM = """
UPDATE workspaces_notification
SET due_at = %(lease_ends)s, attempts = attempts + 1, updated_at = %(now)s
WHERE id IN (
    SELECT id FROM workspaces_notification
    WHERE outcome = 'WAITING' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
RETURNING id, workspace_id
"""

log = structlog.get_logger("notifications")


@dataclass(frozen=True)
class Result:
    """How sending went. `retry_after` is set when it is to be tried again."""

    outcome: NotificationOutcome
    retry_after: timedelta | None = None
    is_gone: bool = False


SENT = Result(NotificationOutcome.SENT)
GIVEN_UP = Result(NotificationOutcome.GIVEN_UP)
Parcel = EmailMultiAlternatives | requests.PushRequest


def deliver_due(*, now: datetime | None = None) -> int:
    """Send all that is due. Return how many mails and pushes were sent.

    The clock is read for each batch, because a run may take longer than a lease. Tests may stop it.
    """
    sent = 0
    while claimed := _claim(started := now or timezone.now()):
        workspaces = {row["id"]: row["workspace_id"] for row in claimed}
        parcels = {
            pk: parcel
            for pk, workspace_id in workspaces.items()
            if (parcel := _prepare_or_log(workspace_id, pk, started))
        }
        results = _send_all(parcels)
        ended = now or timezone.now()
        for pk, result in results.items():
            _settle(workspaces[pk], pk, result, ended)
        sent += sum(result == SENT for result in results.values())
    return sent


def _claim(now: datetime) -> list[dict[str, UUID]]:
    with tenancy.platform("notifications"):
        return sql.fetch(CLAIM, now=now, lease_ends=now + LEASE, batch=BATCH)


def _prepare_or_log(workspace_id: UUID, notification_id: UUID, now: datetime) -> Parcel | None:
    """Prepare a notification. One that we cannot build must not stop the others of its batch.

    It is tried again after the lease, until it is no news.
    """
    try:
        return _prepare(workspace_id, notification_id, now)
    except Exception:
        log.exception("notification_broken", notification_id=str(notification_id))
        return None


def _prepare(workspace_id: UUID, notification_id: UUID, now: datetime) -> Parcel | None:
    """Return what is to be sent, or settle the row if nothing is: members' choices count now."""
    with tenancy.within(workspace_id):
        notification = (
            Notification.objects.within(workspace_id)
            .waiting()
            .select_related("user__workspace", "subscription")
            .filter(pk=notification_id)
            .first()
        )
        if notification is None:  # the member or their browser was removed meanwhile
            return None
        if notification.created_at < now - NEWS_FOR:
            _finish(notification, NotificationOutcome.GIVEN_UP)
        elif not _is_wanted(notification) or not (parcel := _compose(notification)):
            _finish(notification, NotificationOutcome.NOT_WANTED)
        else:
            return parcel
    return None


def _is_wanted(notification: Notification) -> bool:
    kind = all_kinds().get(notification.kind)
    browser = notification.subscription
    if kind is None or not kind.may_be_told_to(notification.user):
        return False
    if browser and (browser.ended_at or not keys.are_set()):
        return False
    if kind.permission is None:  # they asked for it a moment ago
        return True
    channels = choices.channels_of(notification.user, notification.kind)
    return channels.by_push if browser else channels.by_mail


def _compose(notification: Notification) -> Parcel | None:
    reader, kind = notification.user, all_kinds()[notification.kind]
    assert reader.workspace
    with override(supported_language(reader.language or reader.workspace.language)):
        facts = kind.refresh(reader, notification.facts)
        if facts is None:
            return None
        if notification.subscription:
            text, is_urgent = kind.push_text(facts), kind.is_urgent(facts)
            return requests.build_push(notification, text, is_urgent=is_urgent)
        return compose_notification(notification, kind, reader, facts)


def _send_all(parcels: Mapping[UUID, Parcel]) -> dict[UUID, Result]:
    pushes = {
        pk: parcel for pk, parcel in parcels.items() if isinstance(parcel, requests.PushRequest)
    }
    results = {pk: _result_of_push(answer) for pk, answer in _post(pushes).items()}
    for pk, parcel in parcels.items():
        if isinstance(parcel, EmailMultiAlternatives):
            results[pk] = _send_mail(parcel)
    return results


def _post(pushes: Mapping[UUID, requests.PushRequest]) -> dict[UUID, requests.PushAnswer]:
    if not pushes:
        return {}
    answers = asyncio.run(requests.post_all(list(pushes.values())))
    return dict(zip(pushes, answers, strict=True))


def _send_mail(mail: EmailMultiAlternatives) -> Result:
    try:
        mail.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        if is_permanent(error):
            return GIVEN_UP
    except OSError as error:
        log.warning("mail_not_sent", reason=type(error).__name__)
    else:
        return SENT
    return Result(NotificationOutcome.WAITING, retry_after=timedelta())


def is_permanent(error: SMTPRecipientsRefused | SMTPResponseException) -> bool:
    if isinstance(error, SMTPResponseException):
        return error.smtp_code >= PERMANENT
    return all(code >= PERMANENT for code, _words in error.recipients.values())


def _result_of_push(answer: requests.PushAnswer) -> Result:
    if answer.is_success:
        return SENT
    if answer.is_gone:
        return Result(NotificationOutcome.GIVEN_UP, is_gone=True)
    log.warning("push_not_sent", status=answer.status, reason=answer.trouble)
    if answer.may_be_repeated:
        return Result(NotificationOutcome.WAITING, retry_after=answer.retry_after)
    return GIVEN_UP


def _settle(workspace_id: UUID, notification_id: UUID, result: Result, now: datetime) -> None:
    with tenancy.within(workspace_id):
        notification = Notification.objects.within(workspace_id).filter(pk=notification_id).first()
        if notification is None:
            return
        if result.retry_after is not None:
            pause = PAUSES[min(notification.attempts, len(PAUSES)) - 1]
            notification.due_at = now + max(pause, result.retry_after)
            notification.save(update_fields=["due_at", "updated_at"])
            return
        _finish(notification, result.outcome)
        if notification.subscription_id and (result == SENT or result.is_gone):
            subscriptions.note_result(notification.subscription_id, is_gone=result.is_gone)


def _finish(notification: Notification, outcome: NotificationOutcome) -> None:
    notification.outcome, notification.done_at = outcome, timezone.now()
    notification.save(update_fields=["outcome", "done_at", "updated_at"])
