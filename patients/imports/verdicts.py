"""The staged rows with their outcomes, for the preview of the page and for the command."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from core import sql
from patients.models import Import

PREVIEW_ROWS = 50
FETCHED_AT_ONCE = 1_000

# An erased person is shown without name and addresses.
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
    return [_serialize(row, zone) for row in sql.fetch(ROWS, limit=PREVIEW_ROWS)]


def verdicts(listed: Import) -> Iterator[dict[str, Any]]:
    """Yield all rows through a server-side cursor, which needs the open transaction."""
    zone = listed.campaign.practice.zone
    with connection.connection.cursor(name="verdicts") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        cursor.execute(ROWS, {"limit": None})
        names = [column.name for column in cursor.description]
        for row in cursor:
            yield _serialize(dict(zip(names, row, strict=True)), zone)


def _serialize(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    times = {key: _to_local(row[key], zone) for key in ("appointment_time", "ask_at")}
    return row | times | {"details": json.loads(row["details"])}


def _to_local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None
