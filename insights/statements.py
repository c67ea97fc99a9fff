"""What readers select from: counted days from their tallies, marked ones from their messages.

One statement, so that tallies, marks and messages are seen as of one moment: its rows are what a
count of all messages would give.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from insights.counting import FACTS, SPAN, TallyKind
from insights.filters import SPLITS, By, Filters
from insights.models import Facet
from insights.periods import Period

# Of campaigns that they may see, the marked days of the period.
# Materialized, or a condition on the status would lead to all that a campaign ever failed to send.
SEEN = f"""
WITH seen AS (
    SELECT c.id, c.name, c.practice_id, p.name AS practice, p.timezone
    FROM campaigns_campaign c
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE c.workspace_id = %(workspace)s
      AND (%(campaigns)s::uuid[] IS NULL OR c.id = ANY(%(campaigns)s::uuid[]))
), cells AS MATERIALIZED (
    SELECT marked.*, {SPAN}
    FROM (
        SELECT DISTINCT stale.workspace_id, stale.campaign_id, stale.day, seen.timezone
        FROM insights_staleday stale
        JOIN seen ON seen.id = stale.campaign_id
        WHERE stale.workspace_id = %(workspace)s
          AND stale.day BETWEEN %(first)s AND %(last)s
    ) marked
), facts AS MATERIALIZED ({FACTS})"""

TALLIES = """
    FROM {table} t
    WHERE t.workspace_id = %(workspace)s AND t.facet = '{facet}'
      AND t.day BETWEEN {days} AND {narrowed}
      AND t.campaign_id IN (SELECT id FROM seen)
      AND NOT EXISTS (SELECT FROM cells
                      WHERE cells.campaign_id = t.campaign_id AND cells.day = t.day)"""

KEY = ", ".join(["campaign_id", "day", *SPLITS])


ALL_DAYS = "%(first)s AND %(last)s"


@dataclass(frozen=True)
class Question:
    """`select` is over `counted`, which has the key and the columns of the kind, and `seen`."""

    kind: TallyKind
    facet: Facet
    period: Period
    select: str


def answering(questions: Sequence[Question], filters: Filters) -> str:
    """One statement for a whole page: what changed since it was counted is counted once for all."""
    asked = [
        f"""answer_{place} AS (
            SELECT coalesce(json_agg(answer), '[]') AS rows
            FROM (
                WITH counted AS ({counted(one.kind, filters, one.facet, _days(place))})
                {one.select}
            ) answer
        )"""
        for place, one in enumerate(questions)
    ]
    rows = ", ".join(
        f"(SELECT rows FROM answer_{place}) AS answer_{place}" for place in range(len(questions))
    )
    return f"{SEEN}, {', '.join(asked)} SELECT {rows}"


def spans(questions: Sequence[Question]) -> dict[str, date]:
    """The values of the statement that have to do with days."""
    own = {
        f"{name}_{place}": getattr(one.period, name)
        for place, one in enumerate(questions)
        for name in ("first", "last")
    }
    first = min(one.period.first for one in questions)
    return {**own, "first": first, "last": max(one.period.last for one in questions)}


def counted(kind: TallyKind, filters: Filters, facet: Facet, days: str = ALL_DAYS) -> str:
    """Behind `SEEN`."""
    tallies = TALLIES.format(
        table=kind.table, facet=facet.value, days=days, narrowed=_of_tallies(filters, facet)
    )
    narrowed = f"day BETWEEN {days} AND {_of_facts(filters)}"
    return f"""
    SELECT {KEY}, {kind.columns} {tallies}
    UNION ALL
    {grouped(kind, facet, facts="facts", narrowed=narrowed)}"""


def grouped(kind: TallyKind, facet: Facet, *, facts: str, narrowed: str = "true") -> str:
    """Messages as tallies of one facet."""
    by = [split.value for split in SPLITS if _splits(facet, split)]
    key = ["campaign_id", "day", *(split if split in by else "''" for split in SPLITS)]
    return f"""
    SELECT {KEY}, {kind.columns} FROM (
        SELECT {", ".join(key)}, {kind.expressions}
        FROM {facts}
        WHERE {kind.which} AND {narrowed}
        GROUP BY {", ".join(["campaign_id", "day", *by, *kind.on_top])}
    ) tallies ({KEY}, {kind.columns})"""


def _days(place: int) -> str:
    return f"%(first_{place})s AND %(last_{place})s"


def _splits(facet: Facet, split: By) -> bool:
    return facet in (SPLITS[split], Facet.CROSS)


def _of_tallies(filters: Filters, facet: Facet) -> str:
    """What the facet does not split by is looked for as empty: so the index leads to the days."""
    conditions = []
    for split in SPLITS:
        if getattr(filters, split) is not None:
            conditions.append(f"t.{split} = %({split})s")
        elif not _splits(facet, split):
            conditions.append(f"t.{split} = ''")
    return " AND ".join(conditions) or "true"


def _of_facts(filters: Filters) -> str:
    narrowed = [split for split in SPLITS if getattr(filters, split) is not None]
    return " AND ".join(f"{split} = %({split})s" for split in narrowed) or "true"
