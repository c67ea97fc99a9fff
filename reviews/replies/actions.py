"""What members do with the reply to a review. Nothing is queued without the gate's consent.

The caller says which version of the reply the person has seen, 0 for none. The row of the review is
locked first, so that of two people who reply at once the second is told and overwrites nothing.
Then the reply is locked, because a worker leases it without the review.
"""

from datetime import datetime
from typing import Any, Protocol

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError, RoleTooWeak
from reviews.models import ReplyStatus, Review, ReviewReply
from reviews.replies import gatekeeping
from reviews.replies.sendable import clean_text, may_send, require_answerable, why_not_answerable
from reviews.replies.sending import LEASE
from workspaces.access import Can, may
from workspaces.models import User

TO_SEND = {ReplyStatus.QUEUED, ReplyStatus.DELETING}
WRITTEN_ONLY = {ReplyStatus.DRAFT, ReplyStatus.AWAITING_APPROVAL}


class Write(Protocol):
    """An action that takes a text."""

    def __call__(
        self, *, review: Review, text: str, seen_version: int, by: User
    ) -> ReviewReply: ...


class EditedMeanwhileError(ProblemError):
    """Somebody else has changed the reply since it was read."""


@transaction.atomic
def save_draft(*, review: Review, text: str, seen_version: int, by: User) -> ReviewReply:
    """Keep a text that is not sent. It may have words that the gate refuses."""
    _require_permission(by, Can.REPLY_TO_REVIEWS)
    review = _lock(review, seen_version)
    return _write(review, clean_text(text), ReplyStatus.DRAFT, by=by, action="review.draft")


@transaction.atomic
def submit_for_approval(*, review: Review, text: str, seen_version: int, by: User) -> ReviewReply:
    """Ask an owner to approve a reply."""
    _require_permission(by, Can.REPLY_TO_REVIEWS)
    review = _lock(review, seen_version)
    text = _allowed_text(review, text)
    status = ReplyStatus.AWAITING_APPROVAL
    return _write(review, text, status, by=by, action="review.submit")


@transaction.atomic
def approve(*, review: Review, seen_version: int, by: User) -> ReviewReply:
    """Send a reply that waits for approval, exactly as the person has seen it."""
    _require_permission(by, Can.APPROVE_REPLIES)
    review = _lock(review, seen_version)
    reply = _lock_reply(review)
    if reply is None or reply.status != ReplyStatus.AWAITING_APPROVAL:
        raise ProblemError(_("No reply waits for approval here any more. Reload the page."))
    # The clinic's names, and what Google takes, may have changed since it was submitted.
    _allowed_text(review, reply.text)
    reply.approved_by_name = by.name
    _queue(reply, ReplyStatus.QUEUED)
    _record("review.approve", review, reply, by=by)
    return reply


@transaction.atomic
def send(*, review: Review, text: str, seen_version: int, by: User) -> ReviewReply:
    """Send a reply. Also for the edit of a published one."""
    _require_permission(by, Can.REPLY_TO_REVIEWS)
    review = _lock(review, seen_version)
    if not may_send(by, review.workspace):
        raise RoleTooWeak(Can.APPROVE_REPLIES)
    text = _allowed_text(review, text)
    status = ReplyStatus.QUEUED
    return _write(review, text, status, by=by, action="review.send")


@transaction.atomic
def override_gate(*, review: Review, text: str, seen_version: int, by: User) -> ReviewReply:
    """Send a reply against the gate's advice, for an owner who has confirmed it once more.

    The audit trail keeps the text and the reasons.
    """
    _require_permission(by, Can.OVERRIDE_GATE)
    review = _lock(review, seen_version)
    require_answerable(review)
    text = clean_text(text)
    result = gatekeeping.inspect(review.workspace, text)
    if result.allowed:
        return _write(review, text, ReplyStatus.QUEUED, by=by, action="review.send")
    return _write(
        review,
        text,
        ReplyStatus.QUEUED,
        by=by,
        action="review.override",
        overridden_by_name=by.name,
        details={
            "text": gatekeeping.without_names(review.workspace, text),
            "reasons": sorted({str(finding.reason) for finding in result.findings}),
        },
    )


@transaction.atomic
def delete_reply(*, review: Review, seen_version: int, by: User) -> None:
    """Discard a draft, or delete the reply at Google. That one is gone once Google confirms it."""
    _require_permission(by, Can.REPLY_TO_REVIEWS)
    review = _lock(review, seen_version)
    reply = _lock_reply(review)
    if reply is None and not review.published_reply:
        raise ProblemError(_("There is no reply to delete any more."))
    if reply and not is_to_delete_at_google(review, reply):
        _record("review.withdraw", review, reply, by=by)
        reply.delete()
        return
    if not may_delete(review, reply, by=by):
        raise RoleTooWeak(Can.APPROVE_REPLIES)
    require_answerable(review)
    if reply is None:
        # It was written directly at Google.
        reply = _new_reply(review, by)
        reply.text = review.published_reply
    else:
        reply.version += 1
    _queue(reply, ReplyStatus.DELETING)
    _record("review.withdraw", review, reply, by=by)


def find_reply(review: Review) -> ReviewReply | None:
    return ReviewReply.objects.within(review.workspace_id).filter(review=review).first()


def _lock_reply(review: Review) -> ReviewReply | None:
    replies = ReviewReply.objects.within(review.workspace_id).select_for_update()
    return replies.filter(review=review).first()


def is_to_delete_at_google(review: Review, reply: ReviewReply | None) -> bool:
    """Return whether Google has a reply, or could have got one from a call without an answer.

    Where Google takes no call at all, a reply that it does not show is only discarded here.
    """
    if review.published_reply:
        return True
    is_perhaps_there = bool(reply and (reply.attempts or reply.sent_at))
    return is_perhaps_there and not why_not_answerable(review)


def may_delete(review: Review, reply: ReviewReply | None, *, by: User) -> bool:
    """Return whether this person may delete the reply at Google, or discard the one here."""
    if is_to_delete_at_google(review, reply):
        return may_send(by, review.workspace)
    return may(by, Can.REPLY_TO_REVIEWS)


def _require_permission(by: User, permission: Can) -> None:
    """Views and the API check it as well. Here it is checked for whatever calls us next."""
    if not may(by, permission):
        raise RoleTooWeak(permission)


def _lock(review: Review, seen_version: int) -> Review:
    locked = (
        Review.objects.within(review.workspace_id)
        .select_related("workspace", "location__connection")
        .select_for_update(of=("self",))
        .get(pk=review.pk)
    )
    reply = _lock_reply(locked)
    if (reply.version if reply else 0) != seen_version:
        raise EditedMeanwhileError(_changed_by(reply))
    return locked


def _changed_by(reply: ReviewReply | None) -> str:
    if reply is None:
        return _("Somebody else has deleted the reply meanwhile. Your text is still here.")
    return _(
        "%(name)s has changed the reply meanwhile. Both texts are here: send yours again if it"
        " should take the place of the other."
    ) % {"name": reply.author_name}


def _allowed_text(review: Review, text: str) -> str:
    """Return the text to send, or raise what is wrong with it."""
    require_answerable(review)
    text = clean_text(text)
    gatekeeping.require_allowed(review.workspace, text)
    return text


def _write(
    review: Review,
    text: str,
    status: ReplyStatus,
    *,
    by: User,
    action: str,
    overridden_by_name: str = "",
    details: dict[str, Any] | None = None,
) -> ReviewReply:
    reply = _lock_reply(review)
    if reply is None:
        reply = _new_reply(review, by)
    elif reply.status == ReplyStatus.DELETING:
        raise ProblemError(_("The reply is being deleted at Google. Try again in a few minutes."))
    else:
        reply.version += 1
    reply.text, reply.author, reply.author_name = text, by, by.name
    reply.approved_by_name, reply.overridden_by_name = "", overridden_by_name
    _queue(reply, status)
    _record(action, review, reply, by=by, details=details)
    return reply


def _new_reply(review: Review, by: User) -> ReviewReply:
    return ReviewReply(workspace=review.workspace, review=review, author=by, author_name=by.name)


def _queue(reply: ReviewReply, status: ReplyStatus) -> None:
    """Save the reply with this status, due at once if a worker has to do something about it."""
    reply.next_try_at = _first_try(reply) if status in TO_SEND else None
    reply.status = status
    reply.last_error, reply.settled_at = "", None
    # `attempts` stays while a lost answer may have left an older text at Google.
    reply.save()
    if reply.next_try_at:
        # By name, because the tasks import what calls us. The schedule sends it as well.
        transaction.on_commit(
            lambda: current_app.send_task("reviews.tasks.send_replies", expires=60), robust=True
        )


def _first_try(reply: ReviewReply) -> datetime:
    """Return now, or the end of the lease of a worker who may be sending the text before.

    If a newer text overtook it, Google would keep the older one.
    """
    now = timezone.now()
    if reply.status in TO_SEND and reply.next_try_at and reply.next_try_at > now:
        return min(reply.next_try_at, now + LEASE)
    if reply.status in WRITTEN_ONLY and reply.attempts:
        # It became a draft while it was being sent, which has removed the end of the lease.
        return now + LEASE
    return now


def _record(
    action: str,
    review: Review,
    reply: ReviewReply,
    *,
    by: User,
    details: dict[str, Any] | None = None,
) -> None:
    new = {"version": reply.version, **(details or {})}
    audit.record(action, review, by=by, name=review.location.title, new=new)
