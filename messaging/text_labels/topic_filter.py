"""Narrow a list of cases or conversations to those whose texts name a topic."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from messaging.models import Conversation, Feedback, TextLabels, Topic

Rows = TypeVar("Rows", bound=QuerySet[Any])
# The ids that labels and the rows of a list have in common. A conversation is of a patient, whose
# asks are of one visit.
SHARED_IDS: dict[type[Model], str] = {Feedback: "message", Conversation: "patient"}


def parse_topic(query: Mapping[str, str]) -> Topic | None:
    code = query.get("topic", "")
    return Topic(code) if code in Topic.values else None


def about_topic(rows: Rows, topic: Topic | None) -> Rows:
    """Return the rows with a text about the topic, or all of them without a topic."""
    if topic is None:
        return rows
    shared = SHARED_IDS[rows.model]
    texts = TextLabels.objects.filter(topics__contains=[topic])
    about: Rows = rows.filter((f"{shared}__in", texts.values(shared)))
    return about
