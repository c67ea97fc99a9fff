"""Lists of patients through the API, beside PostgreSQL's own JSON of the same rows.

Ours takes 5.5 ms of CPU in the web server and the bare view 1.0. A quarter of it builds the
statement in the ORM, a sixth reads rows and times, a sixth is DRF's throttle, a tenth the key. With
other work on both cores 0.21 to 0.25 was measured, where 0.25 must hold.
"""

import json
from statistics import median
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import tenancy
from core.api.scopes import all_scopes
from dev.benches import Case, world
from dev.benches.calling import calls_per_second, get
from dev.benches.database import as_owner, own_database
from dev.benches.serving import serving
from integrations import api_keys
from workspaces.models import Role, User, Workspace

FEW, BATCH, MAX_QUERIES = 50, 1_000, 9
LIST = "/api/v1/patients/?limit=50"
# Statements that begin or end a transaction, or a part of one, are not counted.
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--calls", type=int, default=600, help="in each round (600)")
    parser.add_argument("--rounds", type=int, default=5, help="of ours and the bare view's (5)")
    parser.add_argument("--connections", type=int, default=2, help="at the same time (2)")
    parser.add_argument("--patients", type=int, default=20_000, help="of the clinic (20000)")


def run(*, calls: int, rounds: int, connections: int, patients: int) -> list[Case]:
    with own_database("api") as servers:
        campaign = world.running_campaigns(1)[0]
        workspace_id = world.workspace_of(campaign)
        # The throttle reads and writes the times of a key's calls in the last minute. A new key for
        # each round of 600 calls keeps that history as short as the usual limit would.
        keys = [
            {"Authorization": f"Bearer {token}"}
            for token in _create_keys(workspace_id, count=rounds + 1)
        ]
        api_client = Client(SERVER_NAME="localhost", headers=keys[0])
        world.due_patients(FEW, [campaign])
        short = _queries(api_client, "get", LIST)
        world.due_patients(patients, [campaign])
        with as_owner(settings.DATABASES["default"]["NAME"]) as owner:
            owner.execute("VACUUM ANALYZE")
        lists = _lists(
            {**servers, "API_RATE": "100000000"},
            [[get(LIST, key)] * calls for key in keys],
            [get(f"/{workspace_id}/", {})] * calls,
            connections=connections,
        )
        long = _queries(api_client, "get", LIST)
        batch = _queries(api_client, "post", "/api/v1/patients/batches/", _batch(campaign))
    return [
        lists,
        Case("50 of many, beside 50 of 50", long, short, "queries", at_most=1),
        Case(f"a batch of {BATCH:,}", batch, MAX_QUERIES, "queries", at_most=1),
    ]


def _lists(
    environment: dict[str, str],
    rounds: list[list[bytes]],
    bare: list[bytes],
    *,
    connections: int,
) -> Case:
    """Measure each round of our calls beside the same number of bare ones; the first warms up."""
    reached, limits = [], []
    with (
        serving("config.wsgi:application", environment) as our_port,
        serving("dev.benches.bare_list:application", environment) as bare_port,
    ):
        for number, ours in enumerate(rounds):
            count = len(ours) if number else max(1, len(ours) // 10)
            limit = calls_per_second(bare_port, bare[:count], connections=connections)
            reach = calls_per_second(our_port, ours[:count], connections=connections)
            if number:
                limits.append(limit)
                reached.append(reach)
    return Case("lists of 50", median(reached), median(limits), "calls/s", at_least=0.25)


def _create_keys(workspace_id: UUID, *, count: int) -> list[str]:
    with tenancy.platform("bench"):
        workspace = Workspace.objects.get(pk=workspace_id)
        owner = User(workspace=workspace, email="bench@example.com", role=Role.OWNER)
        owner.set_unusable_password()
        owner.save()
        details = api_keys.ApiKeyDetails(name="Bench", scopes=list(all_scopes()))
        return [
            api_keys.create_api_key(workspace=workspace, details=details, by=owner)[1]
            for _ in range(count)
        ]


def _batch(campaign: UUID) -> dict[str, Any]:
    now = timezone.now().isoformat()
    patients = [
        {"phone": f"+59398{n:07d}", "name": "Ana Paz", "appointment_time": now, "has_consent": True}
        for n in range(BATCH)
    ]
    return {"campaign_id": str(campaign), "patients": patients}


def _queries(api_client: Client, method: str, path: str, body: Any = None) -> int:
    """Count the queries of a call. The call before it writes when the key was last used."""
    api_client.get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        answer = api_client.generic(
            method.upper(),
            path,
            json.dumps(body) if body else "",
            content_type="application/json",
        )
    if answer.status_code != 200:  # noqa: PLR2004
        raise CommandError(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
    return sum(not query["sql"].startswith(CONTROL) for query in queries.captured_queries)
