"""Replies that are safe by construction: they speak of the comment and the team, never of a visit.

They are in the language of the review, not of the reader, so they are not translated by gettext.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).with_name("canned")


class Occasion(models.TextChoices):
    PRAISE = "praise", _("Praise")
    PRAISE_OF_TEAM = "praise_of_team", _("Praise of the team")
    STARS_ONLY = "stars_only", _("Good stars without words")
    MIXED = "mixed", _("Good and bad")
    CRITICISM = "criticism", _("Criticism")
    LOW_STARS_ONLY = "low_stars_only", _("Few stars without words")
    WAITING = "waiting", _("Waiting times")
    PRICE = "price", _("Prices")
    MANNERS = "manners", _("Manners")
    TELEPHONE = "telephone", _("Hard to reach")
    DETAILS = "details", _("Details that are private")


@dataclass(frozen=True, slots=True)
class CannedReply:
    language: str
    occasion: Occasion
    text: str


@cache
def load() -> dict[str, list[CannedReply]]:
    """Return the replies in `canned/` by language."""
    return {path.stem: list(_read(path)) for path in sorted(FOLDER.glob("*.txt"))}


def list_canned_replies(language: str) -> list[CannedReply]:
    """Return the replies of a language, and the Spanish ones for a language that has none."""
    replies = load()
    return replies.get(language, replies["es"])


def _read(path: Path) -> Iterator[CannedReply]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            occasion, _colon, text = line.partition(": ")
            yield CannedReply(path.stem, Occasion(occasion), text)
