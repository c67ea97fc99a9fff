"""The staged rows as they are told to people and to programs, in the order of the file."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from core import sql
from patients.models import Import

PREVIEWED = 50
FETCHED_AT_ONCE = 1_000

# Of an erased person nothing is shown again.
ROWS = """
SELECT row, outcome,
       CASE WHEN is_shown THEN nullif(name, '') END AS name,
       CASE WHEN is_shown THEN nullif(phone, '') END AS phone,
       CASE WHEN is_shown THEN nullif(email, '') END AS email,
       appointment_time, has_consent, reason IS NULL AS will_be_asked,
       CASE WHEN reason IS NULL THEN ask_at END AS ask_at,
       reason, coalesce(details, '{}') AS details
FROM (SELECT *, reason IS DISTINCT FROM 'erased' AS is_shown FROM import_row) r
ORDER BY row
LIMIT %(limit)s
"""


def preview(listed: Import) -> list[dict[str, Any]]:
    zone = listed.campaign.practice.zone
    return [_told(row, zone) for row in sql.fetch(ROWS, limit=PREVIEWED)]


def verdicts(listed: Import) -> Iterator[dict[str, Any]]:
    """All of them, a few at a time, as long as the transaction lasts."""
    zone = listed.campaign.practice.zone
    with connection.connection.cursor(name="verdicts") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        cursor.execute(ROWS, {"limit": None})
        names = [column.name for column in cursor.description]
        for row in cursor:
            yield _told(dict(zip(names, row, strict=True)), zone)


def _told(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    moments = {key: _local(row[key], zone) for key in ("appointment_time", "ask_at")}
    return row | moments | {"details": json.loads(row["details"])}


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None
