"""Read one text with the heads. `classify` is the one call that everything uses."""

from dataclasses import dataclass, replace

from messaging.understanding import embedding, pieces
from messaging.understanding.heads import Head, Heads, load_heads

UNCLEAR = "unclear"
NOT_URGENT = "none"
# Below these the reader does not know.
TOPIC_FROM = 0.3
SENTIMENT_FROM = 0.5
LANGUAGE_FROM = 0.6
HAPPY_SHARE = 0.4
SENTIMENT_OF_RATING = {
    1: "negative",
    2: "negative",
    3: "neutral",
    4: "positive",
    5: "positive",
}


@dataclass(frozen=True)
class Label:
    code: str
    confidence: float


@dataclass(frozen=True)
class Understanding:
    """What a text says. `unclear` is the code of what the reader does not know.

    `doubt` is the probability that the text asks us, clearly or not, to stop writing.
    """

    topics: tuple[Label, ...]
    urgency: Label
    sentiment: Label
    language: Label
    intent: Label
    doubt: float = 0.0


NOTHING = Understanding(
    topics=(),
    urgency=Label(NOT_URGENT, 0),
    sentiment=Label(UNCLEAR, 0),
    language=Label(UNCLEAR, 0),
    intent=Label("other", 0),
)


def is_available() -> bool:
    return embedding.is_installed()


def version() -> str:
    """Return the version of the heads that read texts here, or "" if none do."""
    return load_heads().version if is_available() else ""


def classify(text: str, *, rating: int | None = None) -> Understanding:
    """Return what a text says. Never raises on what a patient writes.

    A known rating is a better sign of the sentiment than the words are.
    """
    text = pieces.clean(text)
    if not is_available() or not pieces.has_readable_words(text):
        return _with_rating(NOTHING, rating)
    return _with_rating(_read(text, rating), rating)


def beginning(text: str) -> str:
    """Return the part of a text that its intent is read from, because a long text takes seconds."""
    return next(iter(pieces.split(pieces.clean(text))), "")


def _read(text: str, rating: int | None) -> Understanding:
    heads = load_heads()
    found = [heads.features(embedding.embed(piece), piece) for piece in pieces.split(text)]

    def ask(head: Head) -> list[dict[str, float]]:
        return [head.probabilities(features) for features in found]

    # A long text may name a topic in any piece. Its intent and language are those of the start.
    intent = ask(heads.intent)[0]
    return Understanding(
        topics=choose_topics(_highest(ask(heads.topic))),
        urgency=choose_urgency(ask(heads.urgency), _urgent_below(heads, rating)),
        sentiment=_best(_mean(ask(heads.sentiment)), at_least=SENTIMENT_FROM),
        language=_best(ask(heads.language)[0], at_least=LANGUAGE_FROM),
        intent=_intent(intent),
        doubt=intent["opt_out"] + intent["other?"],
    )


def choose_topics(shares: dict[str, float]) -> tuple[Label, ...]:
    return tuple(Label(code, share) for code, share in shares.items() if share >= TOPIC_FROM)


def choose_urgency(found: list[dict[str, float]], urgent_below: float) -> Label:
    """Return the urgency of the most urgent piece."""
    piece = min(found, key=lambda shares: shares[NOT_URGENT])
    if piece[NOT_URGENT] >= urgent_below:
        return Label(NOT_URGENT, piece[NOT_URGENT])
    return _best({code: share for code, share in piece.items() if code != NOT_URGENT})


def _intent(shares: dict[str, float]) -> Label:
    """Return the intent. A doubtful opt-out ("other?") is no intent of its own: see `doubt`."""
    best = _best(shares)
    return Label("other", best.confidence) if best.code == "other?" else best


def _urgent_below(heads: Heads, rating: int | None) -> float:
    """Urgent words beside a good rating are mostly about the past, so more evidence is needed."""
    is_happy = rating is not None and SENTIMENT_OF_RATING[rating] == "positive"
    return heads.urgent_below * HAPPY_SHARE if is_happy else heads.urgent_below


def _best(shares: dict[str, float], *, at_least: float = 0.0) -> Label:
    code, share = max(shares.items(), key=lambda item: item[1])
    return Label(code if share >= at_least else UNCLEAR, share)


def _highest(found: list[dict[str, float]]) -> dict[str, float]:
    return {code: max(shares[code] for shares in found) for code in found[0]}


def _mean(found: list[dict[str, float]]) -> dict[str, float]:
    return {code: sum(shares[code] for shares in found) / len(found) for code in found[0]}


def _with_rating(found: Understanding, rating: int | None) -> Understanding:
    if rating is None:
        return found
    return replace(found, sentiment=Label(SENTIMENT_OF_RATING[rating], 1))
