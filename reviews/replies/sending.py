"""Send replies to Google, delete them there, and ask what became of those in moderation.

A worker leases what is due by moving its next attempt on, renews the lease before each call, calls
Google outside of any transaction, and stores the outcome only where the version is still the one
that it sent. If it dies, or the answer is lost, the same call is made again once the lease is over,
which changes nothing at Google.
So a reply is never lost and never published twice.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aiohttp import ClientSession
from asgiref.sync import async_to_sync
from django.db.models import F
from django.utils import timezone

from core import tenancy
from reviews.connection import access_tokens
from reviews.google import GoogleClient, open_session
from reviews.google_errors import (
    AccessDenied,
    AccessLost,
    GoogleError,
    LocationUnverified,
    NotFoundAtGoogle,
    OverQuota,
    RequestRefused,
)
from reviews.google_payloads import ReplyData
from reviews.models import ReplyStatus, Review, ReviewReply
from reviews.replies import moderation
from reviews.sync.access import in_database

# Longer than a call may take with its retries.
LEASE = timedelta(minutes=5)
BATCH_SIZE = 20
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
PERMANENT = (AccessDenied, LocationUnverified, NotFoundAtGoogle, RequestRefused)
MAX_ERROR = 300
# With the pauses between them, a day and a half.
MAX_LOOKS_FOR_MISSING = 16

log = structlog.get_logger("replies")


@dataclass(frozen=True)
class ReplyJob:
    reply_id: UUID
    review_id: UUID
    workspace_id: UUID
    connection_id: UUID
    path: str
    text: str
    version: int
    status: str
    attempts: int
    # The `next_try_at` that the lease has set. No other worker has it while the row still says so.
    leased_until: datetime


@dataclass(frozen=True)
class Outcome:
    """What Google answered to a job: the reply that it has now, none, or an error."""

    reply: ReplyData | None = None
    error: GoogleError | None = None


def send_due_replies(*, now: datetime | None = None) -> int:
    """Do what is due, in batches. Return how many calls were settled."""
    total = 0
    while jobs := lease_jobs(now=now):
        async_to_sync(run_jobs)(jobs, now=now)
        total += len(jobs)
        if len(jobs) < BATCH_SIZE:
            break
    return total


def lease_jobs(*, now: datetime | None = None) -> list[ReplyJob]:
    now = now or timezone.now()
    with tenancy.platform("replies to reviews"):
        due = (
            ReviewReply.objects.filter(next_try_at__lte=now)
            .select_related("review__location__connection")
            .order_by("next_try_at")
            .select_for_update(of=("self",), skip_locked=True)
        )
        leased, until = list(due[:BATCH_SIZE]), now + LEASE
        ReviewReply.objects.filter(pk__in=[reply.pk for reply in leased]).update(
            next_try_at=until, attempts=F("attempts") + 1, updated_at=now
        )
        return [_describe(reply, until) for reply in leased]


def _describe(reply: ReviewReply, leased_until: datetime) -> ReplyJob:
    location = reply.review.location
    return ReplyJob(
        reply_id=reply.pk,
        review_id=reply.review_id,
        workspace_id=reply.workspace_id,
        connection_id=location.connection_id,
        path=f"{location.account}/{location.name}/reviews/{reply.review.review_id}",
        text=reply.text,
        version=reply.version,
        status=reply.status,
        attempts=reply.attempts + 1,
        leased_until=leased_until,
    )


async def run_jobs(jobs: Sequence[ReplyJob], *, now: datetime | None = None) -> None:
    """Call Google for each job: for the clinics at once, and for each clinic one by one."""
    by_connection: dict[UUID, list[ReplyJob]] = {}
    for job in jobs:
        by_connection.setdefault(job.connection_id, []).append(job)
    async with open_session() as session:
        await asyncio.gather(
            *(_run_of_connection(session, group, now) for group in by_connection.values())
        )


async def _run_of_connection(
    session: ClientSession, jobs: Sequence[ReplyJob], now: datetime | None
) -> None:
    """Run the jobs one by one, and store each outcome while its lease is still ours."""
    for job in jobs:
        if renewed := await in_database(renew_lease, job):
            outcome = await _run(session, renewed)
            await in_database(store_outcome, renewed, outcome, now=now)


def renew_lease(job: ReplyJob) -> ReplyJob | None:
    """Return the job with a lease from now on, or None if it is not to be done any more.

    Those before it may have taken longer than the lease. Then somebody may have changed or deleted
    the reply, or another worker may have it, and this call would bring an older text back.
    """
    now = timezone.now()
    until = max(job.leased_until, now + LEASE)
    with tenancy.within(job.workspace_id):
        leased = ReviewReply.objects.within(job.workspace_id).filter(
            pk=job.reply_id, next_try_at=job.leased_until
        )
        if leased.filter(version=job.version, status=job.status).update(
            next_try_at=until, updated_at=now
        ):
            return replace(job, leased_until=until)
        # A newer text waits for the end of a call that is not made.
        leased.exclude(version=job.version).update(next_try_at=now)
    return None


async def _run(session: ClientSession, job: ReplyJob) -> Outcome:
    """Call Google. The token is asked for each time, so that disconnecting stops the next call."""
    token = ""
    try:
        token = await in_database(access_tokens.get_access_token, job.connection_id)
        can_wait = job.status == ReplyStatus.IN_MODERATION
        # A job whose location has no edits left this minute is tried later, so nobody waits.
        client = GoogleClient(token, is_background=can_wait, patience=0, session=session)
        async with client as google:
            return await _call(google, job)
    except AccessLost as error:
        if token:
            await _renew(job.connection_id, token)
        return Outcome(error=error)
    except AccessDenied as error:
        if error.is_scope_missing:
            await in_database(access_tokens.report_missing_scope, job.connection_id)
            return Outcome(error=AccessLost(str(error)))
        return Outcome(error=error)
    except GoogleError as error:
        return Outcome(error=error)


async def _renew(connection_id: UUID, refused: str) -> None:
    """Get another token for the next attempt, or have the connection marked as broken."""
    with suppress(GoogleError):
        await in_database(access_tokens.renew_access_token, connection_id, refused=refused)


async def _call(google: GoogleClient, job: ReplyJob) -> Outcome:
    match job.status:
        case ReplyStatus.QUEUED:
            return Outcome(reply=await google.put_reply(job.path, job.text))
        case ReplyStatus.DELETING:
            await google.delete_reply(job.path)
            return Outcome()
        case _:
            return Outcome(reply=(await google.get_review(job.path)).reply)


def store_outcome(job: ReplyJob, outcome: Outcome, *, now: datetime | None = None) -> None:
    """Store what Google answered. What a person has changed since then stays as it is."""
    now = now or timezone.now()
    with tenancy.within(job.workspace_id):
        reviews = Review.objects.within(job.workspace_id).select_for_update()
        review = reviews.filter(pk=job.review_id).first()
        if review is None:
            return
        replies = ReviewReply.objects.within(job.workspace_id).select_for_update()
        reply = replies.filter(pk=job.reply_id, version=job.version, status=job.status).first()
        if outcome.error is None:
            _store_answer(job, review, reply, outcome.reply, now)
        elif reply:
            _store_error(job, reply, outcome.error, now)
        if reply is None:
            # A newer text waits for the end of this call.
            replies.filter(pk=job.reply_id, next_try_at__gt=now).update(next_try_at=now)


def _store_answer(
    job: ReplyJob,
    review: Review,
    reply: ReviewReply | None,
    answer: ReplyData | None,
    now: datetime,
) -> None:
    if job.status == ReplyStatus.DELETING:
        _store_reply_of_google(review, None, now)
        if reply:
            reply.delete()
    elif answer:
        _store_reply_of_google(review, answer, now)
        if reply:
            _store_moderation(job, reply, answer, now)
    elif reply:
        _look_again(job, reply, now)


def _store_moderation(job: ReplyJob, reply: ReviewReply, answer: ReplyData, now: datetime) -> None:
    if job.status == ReplyStatus.QUEUED:
        reply.sent_at, reply.attempts = now, 0
    moderation.settle(reply, answer.state)
    if reply.status == ReplyStatus.IN_MODERATION:
        reply.next_try_at = moderation.next_look(reply.attempts, now)
        reply.save(update_fields=["next_try_at", "updated_at"])


def _look_again(job: ReplyJob, reply: ReviewReply, now: datetime) -> None:
    """Wait for a reply that Google took and does not show, until it must have been deleted."""
    if job.attempts < MAX_LOOKS_FOR_MISSING:
        reply.next_try_at = moderation.next_look(job.attempts, now)
        reply.save(update_fields=["next_try_at", "updated_at"])
    else:
        _store_error(job, reply, NotFoundAtGoogle("Google shows no reply."), now)


def _store_reply_of_google(review: Review, answer: ReplyData | None, now: datetime) -> None:
    if review.vanished_at:
        return
    text = answer.text if answer else ""
    review.published_reply = text
    # A page of reviews that was asked for earlier must not bring back the reply before.
    review.fetched_at = now
    review.published_reply_at = ((answer and answer.updated_at) or now) if text else None
    review.reply_state = answer.state if answer else ""
    review.reply_violation = answer.violation if answer else ""
    review.save(
        update_fields=[
            "published_reply",
            "published_reply_at",
            "fetched_at",
            "reply_state",
            "reply_violation",
            "updated_at",
        ]
    )


def _store_error(job: ReplyJob, reply: ReviewReply, error: GoogleError, now: datetime) -> None:
    """Try again later, or give up after an answer that would always be the same."""
    reply.last_error = f"{type(error).__name__}: {error}"[:MAX_ERROR]
    if isinstance(error, PERMANENT):
        reply.status, reply.next_try_at, reply.settled_at = ReplyStatus.FAILED, None, now
        if job.status == ReplyStatus.QUEUED and reply.sent_at is None:
            # Google never took it, so it can be discarded here.
            reply.attempts = 0
    else:
        reply.next_try_at = now + _pause(job, error)
    reply.save(
        update_fields=[
            "status",
            "attempts",
            "last_error",
            "next_try_at",
            "settled_at",
            "updated_at",
        ]
    )
    log.warning("reply_not_settled", reply_id=str(reply.pk), reason=type(error).__name__)


def _pause(job: ReplyJob, error: GoogleError) -> timedelta:
    if isinstance(error, OverQuota):
        return timedelta(seconds=max(error.retry_after, 1))
    doublings: int = 2 ** min(job.attempts - 1, 16)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)
