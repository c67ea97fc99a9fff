"""Store what a text is about and how urgent it is, in the transaction that stores the text."""

from uuid import UUID

from django.utils import timezone

from messaging import task_queue, understanding
from messaging.inbox import conversations
from messaging.models import Feedback, InboundMessage, Message, TextLabels, TextSource


def label_comment(ask: Message, *, alert: bool = True) -> None:
    """Label the comment of a rating. Call it again when the patient adds to the comment."""
    _label(TextSource.COMMENT, ask.pk, ask=ask, text=ask.comment, rating=ask.rating, alert=alert)


def label_feedback(feedback: Feedback, *, ask: Message, alert: bool = True) -> None:
    """Label the text of the private form. Call it again when the form is sent twice."""
    _label(
        TextSource.FEEDBACK,
        feedback.pk,
        ask=ask,
        text=feedback.comment,
        rating=feedback.rating,
        alert=alert,
    )


def label_inbound(inbound: InboundMessage, *, ask: Message, alert: bool = True) -> None:
    """Label a text message without a rating. With one, the comment of the rating is labelled."""
    if inbound.rating is None:
        _label(TextSource.INBOUND, inbound.pk, ask=ask, text=inbound.body, rating=None, alert=alert)


def _label(
    source: TextSource,
    source_id: UUID,
    *,
    ask: Message,
    text: str,
    rating: int | None,
    alert: bool,
) -> None:
    if not text:
        return
    labels, _is_new = TextLabels.objects.select_for_update().get_or_create(
        source=source,
        source_id=source_id,
        defaults={
            "workspace_id": ask.workspace_id,
            "patient_id": ask.patient_id,
            "message_id": ask.pk,
        },
    )
    was_urgent = labels.is_urgent
    if labels.corrected_at is None:
        _read_into(labels, text, rating)
    if labels.is_urgent and labels.alerted_at is None:
        if alert:
            _alert_members(labels, ask)
        elif not was_urgent:  # else an alert waits for the mail server
            labels.alerted_at = timezone.now()
            labels.save(update_fields=["alerted_at", "updated_at"])


def _read_into(labels: TextLabels, text: str, rating: int | None) -> None:
    found = understanding.classify(text, rating=rating)
    labels.topics = [topic.code for topic in found.topics]
    labels.urgency = found.urgency.code
    labels.sentiment = found.sentiment.code
    labels.language = found.language.code
    labels.reader = understanding.version()
    labels.save()


def _alert_members(labels: TextLabels, ask: Message) -> None:
    """Queue the alert. A text without a case on the board waits in the inbox instead."""
    if not Feedback.objects.within(ask.workspace_id).filter(message=ask).exists():
        conversations.open_conversation(patient=ask.patient, at=timezone.now(), channel=ask.channel)
    task_queue.queue_urgent_text_alert(labels)
