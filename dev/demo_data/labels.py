"""Labels for the texts of the demo, so that its pages have topics before the backlog has run.

They are what the reader of this machine finds. The demo repeats few texts, so each is read once.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from dev.demo_data.history import History
from dev.demo_data.rows import insert_rows, made_at
from messaging import understanding
from messaging.models import Feedback, InboundMessage, Message, TextLabels, TextSource, Urgency
from messaging.understanding import Understanding


def write_labels(history: History, chance: random.Random) -> None:
    """Insert the labels of all texts, if the reader is installed."""
    if understanding.is_available():
        insert_rows([_label(text, chance) for text in _texts(history)])


@dataclass(frozen=True)
class DemoText:
    source: TextSource
    row: Message | Feedback | InboundMessage
    ask: Message
    text: str
    rating: int | None
    at: datetime


def _texts(history: History) -> Iterator[DemoText]:
    for ask in history.messages:
        if ask.comment and ask.replied_at:
            yield DemoText(TextSource.COMMENT, ask, ask, ask.comment, ask.rating, ask.replied_at)
    for case in history.feedback:
        if case.comment:
            yield DemoText(
                TextSource.FEEDBACK, case, case.message, case.comment, case.rating, case.created_at
            )
    for reply in history.inbound:
        if reply.message and reply.rating is None:
            yield DemoText(
                TextSource.INBOUND, reply, reply.message, reply.body, None, reply.received_at
            )


def _label(text: DemoText, chance: random.Random) -> TextLabels:
    found = _read(text.text, text.rating)
    return TextLabels(
        **made_at(text.at, chance),
        workspace_id=text.ask.workspace_id,
        patient_id=text.ask.patient_id,
        message=text.ask,
        source=text.source,
        source_id=text.row.pk,
        topics=[topic.code for topic in found.topics],
        urgency=found.urgency.code,
        sentiment=found.sentiment.code,
        language=found.language.code,
        reader=understanding.version(),
        alerted_at=text.at if found.urgency.code != Urgency.NONE else None,
    )


@cache
def _read(text: str, rating: int | None) -> Understanding:
    return understanding.classify(text, rating=rating)
