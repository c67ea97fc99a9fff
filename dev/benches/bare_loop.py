"""The limit of the dispatch bench: one asyncio loop, raw SQL and aiohttp. `python -m` runs it once.

It does the same durable work as ours: a lease with an attempt number and the text before the send,
a debit in the ledger, the provider's id and the time after it. It knows one kind of message, one
text, no rate and no failure.
"""

import asyncio
import base64
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import psycopg
from psycopg.rows import dict_row

from core.ids import uuid7

BATCH = 200
CONCURRENCY = int(os.environ["DISPATCH_CONCURRENCY"])
LEASE = timedelta(minutes=2)
SITE = os.environ["SITE_URL"]
ACCOUNT = os.environ["TWILIO_ACCOUNT_SID"]
URL = f"{os.environ['TWILIO_API_BASE_URL']}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
LOGIN = f"{ACCOUNT}:{os.environ['TWILIO_AUTH_TOKEN']}".encode()

OPEN = "SELECT set_config('app.platform', 'bench', true)"

PICK = """
SELECT m.id, m.workspace_id, m.attempt, pt.name, pt.phone, pt.token, p.name AS practice,
       s.id AS sender, s.address
FROM messaging_message m
JOIN messaging_sender s ON s.channel = m.channel
JOIN patients_patient pt ON pt.id = m.patient_id
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
WHERE m.status = 'PENDING' AND m.channel = 'SMS' AND m.next_attempt_at <= %s
LIMIT %s
FOR UPDATE OF m SKIP LOCKED
"""

TAKE = """
UPDATE messaging_message m
SET status = 'SENDING', sender_id = %s, attempt = m.attempt + 1, claimed_until = %s,
    content = v.content, updated_at = %s
FROM unnest(%s::uuid[], %s::text[]) AS v(id, content)
WHERE m.id = v.id
"""

DEBIT = """
INSERT INTO billing_creditentry (id, created_at, workspace_id, kind, amount, cause, note, by)
SELECT v.id, %s, v.workspace_id, 'DEBIT', -v.spent, v.id::text, '', ''
FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS v(id, workspace_id, spent)
"""

SETTLE = """
UPDATE messaging_message m
SET status = 'SENT', external_id = v.external_id, segments = v.segments, sent_at = %s,
    claimed_until = NULL, updated_at = %s
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::int[]) AS v(id, attempt, external_id, segments)
WHERE m.id = v.id AND m.attempt = v.attempt AND m.status = 'SENDING'
"""

Picked = dict[str, Any]
Sent = tuple[UUID, int, str, int]


async def main() -> float:
    """Until nothing waits; how long it took."""
    queue: asyncio.Queue[Picked | None] = asyncio.Queue(BATCH)
    sent: list[Sent] = []
    connector = aiohttp.TCPConnector(limit=CONCURRENCY)
    headers = {"Authorization": "Basic " + base64.b64encode(LOGIN).decode()}
    async with (
        await _connect() as claiming,
        await _connect() as settling,
        aiohttp.ClientSession(connector=connector, headers=headers) as session,
    ):
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(_claim(claiming, queue))
            senders = [group.create_task(_send(session, queue, sent)) for _ in range(CONCURRENCY)]
            group.create_task(_settle(settling, senders, sent))
        return time.perf_counter() - started


async def _connect() -> psycopg.AsyncConnection[Picked]:
    return await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], row_factory=dict_row)


async def _claim(
    connection: psycopg.AsyncConnection[Picked], queue: asyncio.Queue[Picked | None]
) -> None:
    while picked := await _claim_batch(connection):
        for message in picked:
            await queue.put(message)
    for _ in range(CONCURRENCY):
        await queue.put(None)


async def _claim_batch(connection: psycopg.AsyncConnection[Picked]) -> list[Picked]:
    now = datetime.now(UTC)
    async with connection.transaction():
        await connection.execute(OPEN)
        picked = await (await connection.execute(PICK, [now, BATCH])).fetchall()
        if not picked:
            return []
        for message in picked:
            message["content"] = _text(message)
        ids, contents = [m["id"] for m in picked], [m["content"] for m in picked]
        await connection.execute(TAKE, [picked[0]["sender"], now + LEASE, now, ids, contents])
        debits = Counter(message["workspace_id"] for message in picked)
        entries = [uuid7() for _ in debits]
        await connection.execute(DEBIT, [now, entries, list(debits), list(debits.values())])
    return picked


async def _send(
    session: aiohttp.ClientSession, queue: asyncio.Queue[Picked | None], sent: list[Sent]
) -> None:
    while (message := await queue.get()) is not None:
        attempt = message["attempt"] + 1
        form = {
            "To": message["phone"],
            "From": message["address"],
            "Body": message["content"],
            "StatusCallback": f"{SITE}/webhooks/twilio/status/{message['id']}?attempt={attempt}",
            "ValidityPeriod": "14400",
        }
        async with session.post(URL, data=form) as response:
            response.raise_for_status()
            made = await response.json()
        sent.append((message["id"], attempt, made["sid"], int(made["num_segments"])))


async def _settle(
    connection: psycopg.AsyncConnection[Picked],
    senders: list["asyncio.Task[None]"],
    sent: list[Sent],
) -> None:
    sending = True
    while sending or sent:
        _done, pending = await asyncio.wait(senders, timeout=0.2)
        sending = bool(pending)
        settled, sent[:] = list(sent), []
        if settled:
            now = datetime.now(UTC)
            async with connection.transaction():
                await connection.execute(OPEN)
                await connection.execute(SETTLE, [now, now, *map(list, zip(*settled, strict=True))])


def _text(message: Picked) -> str:
    return (
        f"Hola {message['name'].partition(' ')[0]}, gracias por su visita a {message['practice']}."
        f" ¿Cómo le fue, de 1 a 5? {SITE}/r/{message['token']} Baja: {SITE}/o/{message['token']}"
    )


if __name__ == "__main__":
    print(asyncio.run(main()))  # noqa: T201
