"""Stand-in until the branch `reader` is merged. Same names, finds nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    code: str
    confidence: float


@dataclass(frozen=True)
class Understanding:
    topics: tuple[Label, ...]
    urgency: Label
    sentiment: Label
    language: Label
    intent: Label


def classify(text: str, *, rating: int | None = None) -> Understanding:  # noqa: ARG001
    return Understanding(
        (), Label("none", 1), Label("unclear", 0), Label("unclear", 0), Label("other", 0)
    )


def is_available() -> bool:
    return False


def version() -> str:
    return ""
