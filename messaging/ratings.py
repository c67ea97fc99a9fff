"""Record a rating, queue the follow-up to the patient, and open a case for an unhappy one."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from messaging import live_pages, outgoing_events, quotes, task_queue
from messaging.models import Feedback, Message, MessageStatus, QuoteWithdrawal, RecoveryStatus
from messaging.text_labels import labelling
from templates_app.models import MessageType

HAPPY_FROM = 4
MAY_CHANGE_THEIR_MIND = timedelta(minutes=30)
FOLLOW_UP_DELAY = timedelta(seconds=1)
# After a rating on the page, the patient sees the form or the review link at once. The follow-up
# waits, and the claim cancels it if one of them was used.
PAGE_FOLLOW_UP_DELAY = timedelta(minutes=10)


def is_happy(rating: int) -> bool:
    return rating >= HAPPY_FROM


@transaction.atomic
def record_rating(
    *, ask: Message, rating: int, comment: str = "", follow_up_after: timedelta = FOLLOW_UP_DELAY
) -> bool:
    """Store the first rating, or replace it within half an hour. Return whether it was stored.

    `ask` is the INITIAL message. The caller has opened a door to its workspace.
    """
    ask = Message.objects.within(ask.workspace_id).select_for_update().get(pk=ask.pk)
    if ask.rating is not None and not may_still_change(ask):
        add_comment(ask=ask, comment=comment)
        return False
    before, now = ask.rating, timezone.now()
    ask.rating = rating
    _add_words(ask, comment)
    if before is None:
        # The half hour begins with the rating, even if the patient wrote something before.
        ask.replied_at = now
    _mark_answered(ask)
    ask.save(update_fields=["rating", "comment", "replied_at", "status", "updated_at"])
    if before is None or is_happy(before) != is_happy(rating):
        _withdraw_follow_up(ask)
        _follow_up(ask, rating, after=follow_up_after)
    _open_recovery(ask)
    labelling.label_comment(ask)
    if before not in (None, rating):
        quotes.withdraw_quote(ask=ask, because=QuoteWithdrawal.RATING)
    if before != rating:
        outgoing_events.enqueue_rating_received(ask, before=before)
    return True


@transaction.atomic
def note_answer(*, ask: Message) -> None:
    """Mark the ask as answered by a text without a rating."""
    ask = Message.objects.within(ask.workspace_id).select_for_update().get(pk=ask.pk)
    ask.replied_at = ask.replied_at or timezone.now()
    _mark_answered(ask)
    ask.save(update_fields=["replied_at", "status", "updated_at"])


@transaction.atomic
def add_comment(*, ask: Message, comment: str) -> None:
    """Add a text to the comment of the rating."""
    if not comment.strip():
        return
    ask = Message.objects.within(ask.workspace_id).select_for_update().get(pk=ask.pk)
    _add_words(ask, comment)
    ask.save(update_fields=["comment", "updated_at"])
    labelling.label_comment(ask)


@transaction.atomic
def give_feedback(*, ask: Message, comment: str) -> Feedback:
    """Store the private form. If it is sent twice, the second comment is added to the first."""
    feedback, _new = Feedback.objects.get_or_create(
        message=ask,
        workspace_id=ask.workspace_id,
        defaults={"patient_id": ask.patient_id, "rating": ask.rating or 3},
    )
    feedback = Feedback.objects.within(ask.workspace_id).select_for_update().get(pk=feedback.pk)
    feedback.comment = _join_comments(feedback.comment, comment)
    feedback.save(update_fields=["comment", "updated_at"])
    live_pages.note_change(ask.workspace_id)
    labelling.label_feedback(feedback, ask=ask)
    outgoing_events.enqueue_feedback_received(feedback, ask=ask)
    task_queue.queue_unhappy_alert(feedback)
    return feedback


def _add_words(ask: Message, more: str) -> None:
    before, ask.comment = ask.comment, _join_comments(ask.comment, more)
    if ask.comment != before:
        quotes.end_permission(ask=ask, because=QuoteWithdrawal.WORDS)


def _mark_answered(ask: Message) -> None:
    if ask.may_become(MessageStatus.REPLIED):
        ask.status = MessageStatus.REPLIED


def may_still_change(ask: Message) -> bool:
    """Return whether the rating is recent, and neither the form nor the review link was used."""
    if ask.replied_at is None or timezone.now() - ask.replied_at > MAY_CHANGE_THEIR_MIND:
        return False
    used_the_form = Feedback.objects.filter(message=ask).exclude(comment="").exists()
    return not used_the_form and not ask.patient.review_clicks


def _follow_up(ask: Message, rating: int, *, after: timedelta) -> None:
    kind = MessageType.FOLLOWUP_HAPPY if is_happy(rating) else MessageType.FOLLOWUP_UNHAPPY
    Message.objects.bulk_create(
        [
            Message(
                workspace_id=ask.workspace_id,
                campaign_id=ask.campaign_id,
                patient_id=ask.patient_id,
                type=kind,
                channel=ask.channel,
                next_attempt_at=timezone.now() + after,
            )
        ],
        ignore_conflicts=True,
    )
    if after <= FOLLOW_UP_DELAY:  # the schedule sends later ones
        task_queue.queue_dispatch(after=after)


def _withdraw_follow_up(ask: Message) -> None:
    """Delete a follow-up that nobody has tried to send.

    It is not cancelled, because the patient may return to the first rating.
    """
    Message.objects.within(ask.workspace_id).filter(
        patient_id=ask.patient_id,
        type__in=[MessageType.FOLLOWUP_HAPPY, MessageType.FOLLOWUP_UNHAPPY],
        status=MessageStatus.PENDING,
        attempt=0,
    ).delete()


def _open_recovery(ask: Message) -> None:
    assert ask.rating
    if is_happy(ask.rating):
        Feedback.objects.filter(message=ask, status=RecoveryStatus.OPEN, comment="").delete()
        return
    feedback, is_new = Feedback.objects.get_or_create(
        message=ask,
        workspace_id=ask.workspace_id,
        defaults={"patient_id": ask.patient_id, "rating": ask.rating},
    )
    live_pages.note_change(ask.workspace_id)
    if is_new:
        task_queue.queue_unhappy_alert(feedback)
    elif feedback.rating != ask.rating:
        feedback.rating = ask.rating
        feedback.save(update_fields=["rating", "updated_at"])


def _join_comments(before: str, more: str) -> str:
    return "\n".join(part for part in (before, more.strip()) if part)[:4000]
