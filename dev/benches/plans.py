"""How much a plan, a claim and a settling read, with few rows stored or due, and with many."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Campaign
from core import sql, tenancy
from dev.benches import Case, world
from dev.benches.database import as_owner, own_database
from messaging.channels import SendOutcome, SendResult
from messaging.dispatch import claim_statements, claiming, composing, planning, settling
from messaging.models import Sender

CLINICS = 20
# Each of these has more patients due than one plan takes; the others have messages that wait.
TO_BE_ASKED = 2
TIMES = 100
LONG_AGO = timedelta(days=40)

ACTS: dict[str, list[tuple[ModuleType, str]]] = {
    "plan": [(planning, "ASK"), (planning, "REMIND")],
    "claim": [
        *[
            (claim_statements, name)
            for name in ("FIND_WORKSPACES", "LOCK_DUE", "READ_DETAILS", "PAY", "TAKE")
        ],
        (composing, "TEXTS"),
    ],
    "settle": [(settling, "SETTLE")],
}
STATEMENTS: dict[str, tuple[str, str]] = {
    getattr(module, name): (act, f"{module.__name__}.{name}")
    for act, statements in ACTS.items()
    for module, name in statements
}
ASKED_LONG_AGO = f"""
WITH crowd AS ({world.CROWD} RETURNING id, workspace_id, campaign_id, asked_at)
INSERT INTO messaging_message
    (id, created_at, updated_at, workspace_id, campaign_id, patient_id, type, channel, status,
     content, written_by, comment, error, error_code, attempt, next_attempt_at, sender_id,
     external_id, segments, sent_at, delivered_at)
SELECT uuid7(), asked_at, asked_at, workspace_id, campaign_id, id, 'INITIAL', 'SMS', 'DELIVERED',
       repeat('Hola Ana. ', 15), '', '', '', '', 1, asked_at, %(sender)s,
       'SM' || replace(gen_random_uuid()::text, '-', ''), 1, asked_at, asked_at
FROM crowd
"""  # noqa: S608 - of constants


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--stored", type=int, default=1_000_000, help="old messages (1000000)")
    parser.add_argument("--due", type=int, default=100_000, help="to ask, and to send (100000)")
    parser.add_argument("--show", action="store_true", help="the plans themselves, with the most")


def run(*, stored: int, due: int, show: bool) -> list[Case]:
    with own_database("plans"):
        clinics = Clinics(world.shared_sender(), world.running_campaigns(CLINICS))
        clinics.grow(stored=stored // TIMES, due=due // TIMES)
        few = clinics.buffers(show=show)
        clinics.grow(stored=stored - stored // TIMES)
        stored_many = clinics.buffers(show=show)
        clinics.grow(due=due - due // TIMES)
        due_many = clinics.buffers(show=show)
    return [
        *_cases(f"{stored:,} messages stored beside {stored // TIMES:,}", stored_many, few),
        *_cases(f"{due:,} due beside {due // TIMES:,}", due_many, stored_many),
    ]


def _cases(growth: str, many: Counter[str], few: Counter[str]) -> list[Case]:
    return [Case(f"{act}, {growth}", many[act], few[act], "buffers", at_most=1.5) for act in ACTS]


@dataclass
class Clinics:
    sender: Sender
    campaigns: list[UUID]

    def __post_init__(self) -> None:
        with tenancy.platform("bench"):
            Campaign.objects.update(reminder_after_hours=24)

    def grow(self, *, stored: int = 0, due: int = 0) -> None:
        long_ago = timezone.now() - LONG_AGO
        with tenancy.platform("bench"):
            sql.execute(
                ASKED_LONG_AGO,
                number=stored,
                campaigns=self.campaigns,
                seen_at=long_ago,
                asked_at=long_ago,
                sender=self.sender.pk,
            )
        world.due_patients(due, self.campaigns[:TO_BE_ASKED])
        world.waiting_messages(due, self.campaigns[TO_BE_ASKED:])
        with as_owner(settings.DATABASES["default"]["NAME"]) as owner:
            # As it is done in the background, sooner or later.
            owner.execute("VACUUM ANALYZE")

    def buffers(self, *, show: bool = False) -> Counter[str]:
        """Of one round of each act, which is then taken back."""
        explaining = Explaining(show)
        with tenancy.platform("bench"), connection.execute_wrapper(explaining):
            planning.plan_messages()
            claimed = claiming.claim_batch(sender=self.sender, limit=64)
            settling.settle_batch(
                [
                    (message, SendOutcome(SendResult.ACCEPTED, external_id=f"SM{message.id.hex}"))
                    for message in claimed
                ]
            )
            transaction.set_rollback(True)
        return explaining.buffers


@dataclass
class Explaining:
    """Each of the statements is executed twice: to be explained, and, that taken back, to act."""

    show: bool
    buffers: Counter[str] = field(default_factory=Counter)

    def __call__(
        self,
        execute: Callable[..., Any],
        statement: str,
        values: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if statement in STATEMENTS:
            act, name = STATEMENTS[statement]

            def explained(form: str) -> list[Any]:
                with transaction.atomic():
                    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT {form}) {statement}"
                    execute(explain, values, many, context)
                    transaction.set_rollback(True)
                    return [row for (row,) in context["cursor"].fetchall()]

            [[told]] = explained("JSON")
            self.buffers[act] += told["Plan"]["Shared Hit Blocks"]
            self.buffers[act] += told["Plan"]["Shared Read Blocks"]
            if self.show:
                sys.stderr.write("\n".join([f"\n{name}", *explained("TEXT"), ""]))
        return execute(statement, values, many, context)
