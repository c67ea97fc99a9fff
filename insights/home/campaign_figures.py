"""The figures of campaigns over their whole life, and campaigns in the order of these figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from core import sql
from insights.figures import Figures
from insights.models import Facet
from insights.reading import FIGURE_NAMES
from insights.tally_statements import SEEN_TALLIES, SUMS
from patients.campaigns_seen import find_partly_seen
from patients.visibility import own_spellings
from workspaces.models import User, Workspace

# The whole life of each campaign, from the index of tallies by campaign and day.
TOTALS = f"""{SEEN_TALLIES}, totals AS (
    SELECT campaign_id,
           max(day) FILTER (WHERE asked > 0) AS last_day,{SUMS}
    FROM day_tallies
    WHERE facet = %(facet)s AND day BETWEEN %(since)s AND %(until)s
    GROUP BY campaign_id
)"""

FIGURES_OF_CAMPAIGNS = f"""{TOTALS}
SELECT * FROM totals
"""

# One number for each campaign, so that one ORDER BY serves all columns in both directions. What
# has no value is last in both. Letters with accents are sorted as if they had none, because the
# database may have the collation C, in which Á comes after Z.
SORTED_CAMPAIGNS = f"""{TOTALS}, keys AS (
    SELECT seen.id,
           CASE %(by)s::text
               WHEN 'name' THEN rank() OVER (
                   ORDER BY translate(lower(seen.name), 'áàâãéêíóôõúüñç', 'aaaaeeiooouunc'))
               WHEN 'asked' THEN coalesce(asked, 0)
               WHEN 'answer_rate' THEN answered::numeric / nullif(delivered, 0)
               WHEN 'average' THEN
                   (rated_1 + 2 * rated_2 + 3 * rated_3 + 4 * rated_4 + 5 * rated_5)::numeric
                   / nullif(rated_1 + rated_2 + rated_3 + rated_4 + rated_5, 0)
               WHEN 'last_day' THEN last_day - date '2000-01-01'
           END AS key
    FROM seen
    LEFT JOIN totals ON totals.campaign_id = seen.id
)
SELECT id
FROM keys
ORDER BY CASE WHEN %(descending)s THEN -key ELSE key END NULLS LAST, id DESC
OFFSET %(offset)s LIMIT %(limit)s
"""


class SortKey(StrEnum):
    NAME = "name"
    ASKED = "asked"
    ANSWER_RATE = "answer_rate"
    AVERAGE = "average"
    LAST_DAY = "last_day"


@dataclass(frozen=True)
class Order:
    """A column of the list and a direction, in an address "average" or "-average"."""

    by: SortKey
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> Self | None:
        try:
            return cls(SortKey(text.removeprefix("-")), descending=text.startswith("-"))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"-{self.by}" if self.descending else str(self.by)


@dataclass(frozen=True)
class CampaignFigures:
    figures: Figures
    last_day: date | None = None


NO_FIGURES = CampaignFigures(Figures())


@dataclass(frozen=True)
class SeenPart:
    """The campaigns in which a member sees only her own patients, and her names in lists."""

    partly: frozenset[UUID]
    own_spellings: list[str]

    @classmethod
    def of(cls, user: User, workspace: Workspace) -> Self:
        own = own_spellings(user)
        return cls(frozenset(find_partly_seen(user, own, within=workspace)), own)


def read_campaign_figures(
    workspace: Workspace, created: Mapping[UUID, datetime], *, until: date, seen: SeenPart
) -> dict[UUID, CampaignFigures]:
    """Return the figures of these campaigns, with one statement for all of them."""
    return {
        row["campaign_id"]: CampaignFigures(
            Figures(**{name: row[name] for name in FIGURE_NAMES}), row["last_day"]
        )
        for row in sql.fetch(FIGURES_OF_CAMPAIGNS, **_parameters(workspace, created, until, seen))
    }


def sort_campaigns(
    workspace: Workspace,
    created: Mapping[UUID, datetime],
    order: Order,
    *,
    until: date,
    seen: SeenPart,
    offset: int,
    limit: int,
) -> list[UUID]:
    """Return a slice of these campaigns in the order of a column."""
    rows = sql.fetch(
        SORTED_CAMPAIGNS,
        by=order.by.value,
        descending=order.descending,
        offset=offset,
        limit=limit,
        **_parameters(workspace, created, until, seen),
    )
    return [row["id"] for row in rows]


def _parameters(
    workspace: Workspace, created: Mapping[UUID, datetime], until: date, seen: SeenPart
) -> dict[str, Any]:
    return {
        "workspace": workspace.pk,
        "campaigns": [pk for pk in created if pk not in seen.partly],
        "partly": [pk for pk in created if pk in seen.partly] or None,
        "own_spellings": seen.own_spellings,
        "channel": None,
        "doctors": None,
        "appointment_type": None,
        "facet": Facet.WHOLE.value,
        # A day early, because the practice may be west of the clock that the time was written by.
        "since": min((at.date() for at in created.values()), default=until) - timedelta(days=1),
        "until": until,
    }
