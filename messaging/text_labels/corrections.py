"""Correct the labels of a text. A correction stays, and is an example for the next training."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from core import audit
from messaging.models import TextLabels, Topic, Urgency
from workspaces.models import User


@transaction.atomic
def correct_labels(
    *, labels: TextLabels, topics: Sequence[Topic], urgency: Urgency, by: User
) -> TextLabels:
    """Replace topics and urgency. No alert is sent, because a member has just read the text."""
    labels = TextLabels.objects.within(labels.workspace_id).select_for_update().get(pk=labels.pk)
    before = {"topics": labels.topics, "urgency": labels.urgency}
    labels.topics = [topic.value for topic in Topic if topic in topics]
    labels.urgency = urgency
    labels.corrected_at = timezone.now()
    labels.corrected_by_name = by.name
    labels.alerted_at = labels.alerted_at or labels.corrected_at
    labels.save()
    audit.record(
        "text.correct",
        labels,
        by=by,
        old=before,
        new={"topics": labels.topics, "urgency": labels.urgency},
    )
    return labels
