"""The trained heads: one linear layer for each question, read from a file of whole numbers.

`make train` writes the file. Weights are rounded to hundredths, so that training again gives the
same bytes.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

PATH = Path(__file__).with_name("heads") / "heads.json"
# Weights and biases are stored as hundredths, the centre as ten-thousandths.
WEIGHT_SCALE = 100
CENTER_SCALE = 10_000


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
    center: "np.ndarray"
    intent: Head
    topic: Head
    urgency: Head
    sentiment: Head
    language: Head
    # A text is urgent when the probability of "none" is below this.
    urgent_below: float

    def centered(self, embedding: "np.ndarray") -> "np.ndarray":
        """Move the vector so that the directions in which texts differ weigh more."""
        import numpy as np

        moved = embedding - self.center
        unit: np.ndarray = moved / (np.linalg.norm(moved) or 1)
        return unit


@cache
def load_heads() -> Heads:
    return parse_heads(json.loads(PATH.read_text(encoding="utf-8")))


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
        center=np.array(data["center"], dtype=np.float32) / CENTER_SCALE,
        urgent_below=data["urgent_below"],
        intent=head("intent"),
        topic=head("topic"),
        urgency=head("urgency"),
        sentiment=head("sentiment"),
        language=head("language"),
    )
