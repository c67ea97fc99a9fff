"""Insert rows with dates and ids of the past."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

BATCH = 500


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows like fixtures, so that `created_at` and `updated_at` keep their values."""
    for start in range(0, len(rows), BATCH):
        model: Any = type(rows[0])
        model._base_manager._insert(
            rows[start : start + BATCH],
            fields=model._meta.concrete_fields,
            using="default",
            raw=True,
        )


def id_at(moment: datetime, chance: random.Random) -> UUID:
    """Return an id of that time, because rows are sorted by id."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(
        int=(milliseconds << 80)
        | (0x7 << 76)
        | (chance.getrandbits(12) << 64)
        | (0b10 << 62)
        | chance.getrandbits(62)
    )


def made_at(moment: datetime, chance: random.Random) -> dict[str, Any]:
    return {"id": id_at(moment, chance), "created_at": moment, "updated_at": moment}
