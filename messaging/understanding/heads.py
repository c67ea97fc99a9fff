"""The trained heads: one linear layer for each question, read from a file of whole numbers.

A head reads the vector of a text and the counts of the word lists. `make train` writes the file.
Weights are rounded to hundredths, so that training again gives the same bytes.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from messaging.understanding import word_lists

if TYPE_CHECKING:
    import numpy as np

# Ours, for all installations. One that trains with its own examples names its file in the settings.
SHIPPED = Path(__file__).with_name("heads") / "heads.json"
# Weights and biases are stored as hundredths, the centre as ten-thousandths.
WEIGHT_SCALE = 100
CENTER_SCALE = 10_000
# What one word of a list counts beside a vector of length 1. Chosen by cross-validation.
WORD_WEIGHT = 0.3


@dataclass(frozen=True)
class Head:
    """One question about a text. With `is_multiple`, several answers may be true at once."""

    codes: tuple[str, ...]
    weights: "np.ndarray"  # one row for each code
    bias: "np.ndarray"
    is_multiple: bool

    def probabilities(self, vector: "np.ndarray") -> dict[str, float]:
        import numpy as np

        scores = self.weights @ vector + self.bias
        if self.is_multiple:
            shares = 1 / (1 + np.exp(-scores))
        else:
            powers = np.exp(scores - scores.max())
            shares = powers / powers.sum()
        return dict(zip(self.codes, map(float, shares), strict=True))


@dataclass(frozen=True)
class Heads:
    version: str
    # The word lists that the heads were trained with: see `word_lists.digest`.
    word_lists: str
    center: "np.ndarray"
    intent: Head
    topic: Head
    urgency: Head
    sentiment: Head
    language: Head
    # A text is urgent when the probability of "none" is below this.
    urgent_below: float

    def features(self, embedding: "np.ndarray", text: str) -> "np.ndarray":
        return features(embedding, text, center=self.center)


def features(embedding: "np.ndarray", text: str, *, center: "np.ndarray") -> "np.ndarray":
    """Return what the heads read of a text.

    Around the center, the directions in which texts differ weigh more.
    """
    import numpy as np

    moved = embedding - center
    unit = moved / (np.linalg.norm(moved) or 1)
    return np.concatenate([unit, WORD_WEIGHT * np.array(word_lists.count_words(text))])


@cache
def load_heads() -> Heads:
    path = settings.UNDERSTANDING_HEADS or SHIPPED
    return parse_heads(json.loads(Path(path).read_text(encoding="utf-8")))


def parse_heads(data: dict[str, Any]) -> Heads:
    import numpy as np

    def head(name: str) -> Head:
        stored = data["heads"][name]
        return Head(
            codes=tuple(stored["codes"]),
            weights=np.array(stored["weights"], dtype=np.float32) / WEIGHT_SCALE,
            bias=np.array(stored["bias"], dtype=np.float32) / WEIGHT_SCALE,
            is_multiple=stored["is_multiple"],
        )

    return Heads(
        version=data["version"],
        word_lists=data["word_lists"],
        center=np.array(data["center"], dtype=np.float32) / CENTER_SCALE,
        urgent_below=data["urgent_below"],
        intent=head("intent"),
        topic=head("topic"),
        urgency=head("urgency"),
        sentiment=head("sentiment"),
        language=head("language"),
    )
