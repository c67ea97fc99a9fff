"""The inbox: a call is in it before it is answered, once, as it came."""

import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.utils import timezone

from messaging import waking
from messaging.webhooks.reading import Fields, text
from workspaces import tenancy
from workspaces.ids import uuid7

PROVIDER = "twilio"
STATUS, INBOUND = "status", "inbound"
LONGEST_KEY = 128

# All that stands between Twilio and its answer. It opens the platform's door by itself, so that one
# round trip to the database does what would otherwise take five.
KEEP = """
WITH door AS MATERIALIZED (SELECT set_config('app.platform', 'twilio webhook', true))
INSERT INTO messaging_webhookevent
    (id, created_at, updated_at, provider, kind, key, payload, error)
SELECT %(id)s, %(now)s, %(now)s, %(provider)s, %(kind)s, %(key)s, %(payload)s::jsonb, ''
FROM door
ON CONFLICT (provider, key) DO NOTHING
"""


def keep_status(fields: Fields, *, token: str, message: UUID, attempt: int | None) -> None:
    status, code = text(fields, "MessageStatus"), text(fields, "ErrorCode")
    payload = {"message": str(message), "attempt": attempt, "fields": fields}
    _keep(STATUS, _key(fields, status, code, token), json.dumps(payload))


def keep_inbound(fields: Fields, *, token: str) -> None:
    _keep(INBOUND, _key(fields, "received", token), json.dumps({"fields": fields}))


def _keep(kind: str, key: str, payload: str) -> None:
    values: dict[str, str | UUID | datetime] = {
        "id": uuid7(),
        "now": timezone.now(),
        "provider": PROVIDER,
        "kind": kind,
        "key": key,
        "payload": payload,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
    if kind == INBOUND:
        waking.process_webhooks_soon()


def _key(fields: Fields, *what: str) -> str:
    """What a repeated call has in common with the first; a later status is another call."""
    sid = text(fields, "MessageSid") or text(fields, "SmsSid")
    if not sid:
        return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    key = ":".join([sid, *filter(None, what)])
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()
