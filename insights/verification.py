"""Whether what readers see is what a count of all messages gives, down to the last message."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core import sql, tenancy
from insights.counting import ALL_FACTS, KINDS, TallyKind
from insights.filters import EVERYTHING
from insights.models import Facet
from insights.statements import KEY, SEEN, counted, grouped

ANY_DAY = {"first": date(1, 1, 1), "last": date(9999, 1, 1)}
SHOWN_AT_MOST = 100
SIDES = ("read", "recounted")
Tally = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A day's tally as it is read and as it is counted; None where the other alone has one."""

    kind: str
    facet: str
    cell: Tally
    read: Tally | None
    recounted: Tally | None


def find_differences(workspace_id: UUID) -> list[Difference]:
    with tenancy.platform("insights"):
        return [
            found
            for kind in KINDS
            for facet in Facet
            for found in _differences(workspace_id, kind, facet)
        ]


def _differences(workspace_id: UUID, kind: TallyKind, facet: Facet) -> list[Difference]:
    """In one statement, so that what is written meanwhile is in both or in neither."""
    columns = kind.columns.split(", ")
    on_top = columns[: len(kind.on_top)]
    rows = sql.fetch(
        f"""{SEEN}, counted AS ({counted(kind, EVERYTHING, facet)}), recounted AS (
            {grouped(kind, facet, facts=f"({ALL_FACTS}) facts")}
        )
        SELECT to_jsonb(one) AS read, to_jsonb(other) AS recounted
        FROM counted one
        FULL JOIN recounted other USING ({", ".join([KEY, *on_top])})
        WHERE to_jsonb(one) IS DISTINCT FROM to_jsonb(other)
        LIMIT {SHOWN_AT_MOST}""",
        workspace=workspace_id,
        campaigns=None,
        **ANY_DAY,
    )
    return [
        _difference(kind, facet, *(json.loads(row[side] or "null") for side in SIDES))
        for row in rows
    ]


def _difference(
    kind: TallyKind, facet: Facet, read: Tally | None, recounted: Tally | None
) -> Difference:
    known = read or recounted or {}
    cell = {name: known[name] for name in KEY.split(", ")}
    return Difference(kind.table, facet.value, cell, read, recounted)
