"""Texts that members of this installation have corrected or decided about.

They stay on the installation: they are read from its database when it trains, and never stored
in a file. When a person is erased, their texts are no examples any more.
"""

from collections.abc import Iterator

from core import tenancy
from dev.training.examples import Example
from messaging.models import TextLabels
from messaging.text_labels.held_texts import held_texts
from messaging.text_labels.texts import text_of
from patients.addresses import patients_at
from patients.models import Hold, HoldDecision

UNKNOWN_LANGUAGES = ("", "unclear")


def load_own_examples() -> list[Example]:
    with tenancy.platform("training"):
        return [*_corrected(), *_decided()]


def _corrected() -> Iterator[Example]:
    for labels in TextLabels.objects.exclude(corrected_at=None).order_by("pk"):
        if text := text_of(labels):
            yield Example(
                text=text,
                intent=None,
                language=None if labels.language in UNKNOWN_LANGUAGES else labels.language,
                topics=frozenset(labels.topics),
                urgency=labels.urgency,
            )


def _decided() -> Iterator[Example]:
    """Yield the texts behind decided holds. Several texts of one hold are too unclear."""
    holds = Hold.objects.filter(has_text=True).exclude(decided_by="").exclude(address="")
    for hold in holds.order_by("pk"):
        texts = [
            text
            for patient in patients_at(hold.workspace_id, hold.address)
            for text in held_texts(patient, hold)
        ]
        if len(texts) == 1:
            intent = "opt_out" if hold.decision == HoldDecision.STOP else "other"
            yield Example(text=texts[0], intent=intent)
