"""The list in pages by key: urgent reviews without a reply, others without one, then the rest.

Each of these parts has the newest first.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.paging import Cursor, Page, page_link
from messaging.models import Urgency
from reviews.models import Review

SIZE = 25
BY = "posted_at"
UNANSWERED = Q(published_reply="", vanished_at=None)
PARTS = (
    UNANSWERED & ~Q(urgency=Urgency.NONE),
    UNANSWERED & Q(urgency=Urgency.NONE),
    ~UNANSWERED,
)


@dataclass(frozen=True)
class Position:
    """Where a review is: in which part of the list, and its place there."""

    part: int
    cursor: Cursor

    @classmethod
    def of(cls, review: Review) -> "Position":
        return cls(_part_of(review), Cursor.of(review, BY))

    @classmethod
    def read(cls, text: str) -> "Position | None":
        part, _, rest = text.partition("~")
        cursor = Cursor.read(rest, BY)
        return cls(int(part), cursor) if cursor and part in {"0", "1", "2"} else None

    def __str__(self) -> str:
        return f"{self.part}~{self.cursor}"


def _part_of(review: Review) -> int:
    if review.published_reply or review.vanished_at:
        return 2
    return 0 if review.labels.is_urgent else 1


def unanswered_first(
    reviews: QuerySet[Review], request: HttpRequest, *, size: int = SIZE
) -> Page[Review]:
    """Return a page. Each part has its own index, so the hundredth page costs like the first."""
    before, after = (Position.read(request.GET.get(name, "")) for name in ("before", "after"))
    if after:
        found = _read(reviews, after, size + 1, newer=True)
        if len(found) > size:
            shown = found[:size][::-1]
            return Page(
                shown,
                page_link(request, "after", Position.of(shown[0])),
                page_link(request, "before", Position.of(shown[-1])),
            )
        before = None
    found = _read(reviews, before, size + 1, newer=False)
    shown = found[:size]
    newer = older = ""
    if before:
        newer = page_link(request, "after", Position.of(shown[0])) if shown else page_link(request)
    if len(found) > size:
        older = page_link(request, "before", Position.of(shown[-1]))
    return Page(shown, newer, older)


def _read(
    reviews: QuerySet[Review], start: Position | None, limit: int, *, newer: bool
) -> list[Review]:
    """Return the reviews from a position on, the nearest first."""
    parts = [2, 1, 0] if newer else [0, 1, 2]
    if start:
        parts = parts[parts.index(start.part) :]
    order, direction = ([BY, "pk"], "gt") if newer else ([f"-{BY}", "-pk"], "lt")
    found: list[Review] = []
    for part in parts:
        rows = reviews.filter(PARTS[part])
        if start and part == start.part:
            rows = rows.filter(start.cursor.beyond(BY, direction))
        found += rows.order_by(*order)[: limit - len(found)]
        if len(found) == limit:
            break
    return found
