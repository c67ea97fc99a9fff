from dataclasses import dataclass
from typing import Literal

Intent = Literal["rating", "opt_out", "opt_in", "help", "other"]


@dataclass(frozen=True)
class ReplyReading:
    """The meaning of one text.

    `may_be_opt_out`: the text complains about our messages, about being contacted or about its
    data, but is not a clear opt-out. A person has to decide.
    `needs_person`: the text asks a question or wants somebody to act, whatever its intent is.
    """

    intent: Intent
    rating: int | None = None
    comment: str = ""
    off_scale: bool = False
    may_be_opt_out: bool = False
    needs_person: bool = False
