"""Compare the inbox of a clinic with very many conversations and of one with few."""

import logging
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser

from core import sql, tenancy
from dev.benches import Case
from dev.benches.dashboard import Clinic, compare_pages
from dev.benches.database import as_owner, own_database

FEW = 1_000

# Eight in ten are closed, as in an inbox of some years. One in ten waits, a third is somebody's.
# Every conversation has words of its own, some rare and some common.
INSERT_CONVERSATIONS = """
WITH numbered AS (
    SELECT id, workspace_id, asked_at, row_number() OVER (ORDER BY asked_at) AS n
    FROM patients_patient WHERE workspace_id = %(workspace)s
), written AS (
    INSERT INTO messaging_inboundmessage
        (id, created_at, updated_at, workspace_id, patient_id, channel, body, external_id,
         received_at, intent)
    SELECT uuid7(), asked_at, asked_at, workspace_id, id, 'WHATSAPP',
           'Buenos días, quiero cambiar mi cita número ' || 100000 + n,
           'SMb' || replace(gen_random_uuid()::text, '-', ''), asked_at, 'other'
    FROM numbered
)
INSERT INTO messaging_conversation
    (id, created_at, updated_at, workspace_id, patient_id, channel, last_at, waiting_since,
     closed_at, snoozed_until, assignee_id)
SELECT uuid7(), asked_at, asked_at, workspace_id, id,
       CASE WHEN n %% 500 = 3 THEN 'EMAIL' ELSE 'WHATSAPP' END, asked_at,
       CASE WHEN n %% 10 = 0 THEN asked_at END,
       CASE WHEN n %% 10 > 1 THEN asked_at END, NULL,
       CASE WHEN n %% 3 = 0 THEN %(member)s::uuid END
FROM numbered
"""

PAGES = {
    "inbox, who waits": "/inbox/",
    "inbox, open": "/inbox/?state=open",
    "inbox, mine": "/inbox/?state=mine",
    "inbox, nobody's": "/inbox/?state=unassigned",
    "inbox, closed": "/inbox/?state=closed",
    "inbox, a rare channel": "/inbox/?state=all&channel=EMAIL",
    "inbox, a common name": "/inbox/?q=ana",
    "inbox, a common word": "/inbox/?q=cita",
    "inbox, a rare word": "/inbox/?q=100777",
}


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--conversations", type=int, default=100_000, help="(100000)")
    parser.add_argument("--rounds", type=int, default=15, help="of every page (15)")


def run(*, conversations: int, rounds: int) -> list[Case]:
    logging.disable(logging.INFO)  # each request would log a line
    with own_database("inbox"):
        small, large = (Clinic.create(number) for number in (FEW, conversations))
        for clinic in (small, large):
            _open_conversations(clinic)
        with as_owner(settings.DATABASES["default"]["NAME"]) as owner:
            # Autovacuum would do this later, at a moment of its own.
            owner.execute("VACUUM ANALYZE")
        return [
            case
            for name, address in PAGES.items()
            for case in compare_pages(name, address, small, large, rounds=rounds)
        ]


def _open_conversations(clinic: Clinic) -> None:
    workspace = UUID(clinic.name)
    with tenancy.platform("bench"):
        member = sql.fetch(
            "SELECT id FROM workspaces_user WHERE workspace_id = %(workspace)s LIMIT 1",
            workspace=workspace,
        )[0]["id"]
        sql.execute(INSERT_CONVERSATIONS, workspace=workspace, member=member)
