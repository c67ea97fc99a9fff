"""What a page of patients reads, by list and by search, among few and among very many."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from core import sql, tenancy
from core.paging import newest_first
from dev.benches import Case, world
from dev.benches.database import as_owner, own_database
from patients import search as searching
from patients.models import Patient, PatientQuerySet, PatientState
from workspaces.models import Workspace

SIZE = 25
FEW = 10_000
AT_ONCE = 100_000

# As names are: some of everybody's, many of few, and a handful that hardly anybody has.
CROWD = """
INSERT INTO patients_patient
    (id, created_at, updated_at, workspace_id, campaign_id, name, phone, email, appointment_time,
     appointment_type, doctor_name, preferred_channel, language, has_consent, consent_at,
     consent_words, consent_by, asked_at, opted_out_at, review_clicks, token)
SELECT uuid7(), now(), now(), %(workspace)s, (%(campaigns)s::uuid[])[1 + (n %% 10 > 0)::int],
       CASE WHEN n %% %(rare)s = %(rare)s / 2 THEN 'Xiomara'
            WHEN n %% 10 = 3 THEN 'María'
            WHEN n %% 500 = 1 THEN 'Débora'
            ELSE 'N' || translate((n * 7919 %% 997)::text, '0123456789', 'aeioubcdfg') END
       || CASE WHEN n / 10 %% 20 = 7 THEN ' López'
               ELSE ' A' || translate((n * 104729 %% 4999)::text, '0123456789', 'aeioubcdfg') END,
       '+5939' || lpad((n + %(first)s)::text, 8, '0'), '',
       %(now)s - (%(total)s - n) * interval '1 second',
       '', '', 'SMS', 'es', true, now(), '', '', %(now)s,
       CASE WHEN n %% 100 = 0 THEN now() END, 0,
       left(replace(gen_random_uuid()::text, '-', ''), 16)
FROM generate_series(%(begin)s::bigint, %(end)s) n
"""
HAVE_THE_RARE_NAME = 5


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--many", type=int, default=1_000_000, help="of the large clinic (1000000)")


def run(*, many: int) -> list[Case]:
    with own_database("patients"):
        small, large = (Clinic(campaign) for campaign in world.running_campaigns(2))
        small.fill(FEW, first=0)
        large.fill(many, first=FEW)
        with as_owner(settings.DATABASES["owner"]["NAME"]) as owner:
            owner.execute("VACUUM ANALYZE")
        return [
            Case(name, large.buffers(ask), small.buffers(ask), "buffers of a page", at_most=at_most)
            for name, ask, at_most in ASKED
        ]


class Clinic:
    def __init__(self, campaign: UUID) -> None:
        with tenancy.platform("bench"):
            self.workspace = Workspace.objects.get(campaigns=campaign)
            copy = self.workspace.campaigns.get()
            copy.pk, copy.name = None, "Pocos"
            copy.id = Patient._meta.pk.get_default()
            copy.save(force_insert=True)
        self.campaigns = [copy.pk, campaign]
        self.total = 0
        self.first = 0

    def fill(self, number: int, *, first: int) -> None:
        self.total, self.first = number, first
        for begin in range(1, number + 1, AT_ONCE):
            with tenancy.platform("bench"):
                sql.execute(
                    CROWD,
                    workspace=self.workspace.pk,
                    campaigns=self.campaigns,
                    rare=number // HAVE_THE_RARE_NAME,
                    first=first,
                    now=timezone.now(),
                    total=number,
                    begin=begin,
                    end=min(begin + AT_ONCE - 1, number),
                )

    def buffers(self, ask: "Asked") -> int:
        with tenancy.within(self.workspace.pk), counted() as read:
            newest_first(ask(self), REQUEST, size=SIZE, by="appointment_time")
        return sum(read)

    def patients(self) -> PatientQuerySet:
        shown = Patient.objects.within(self.workspace).filter(data_deleted_at=None)
        return shown.select_related("campaign__practice")

    def search(self, typed: str) -> Any:
        return searching.search_patients(self.patients(), workspace=self.workspace, typed=typed)

    def from_the_middle(self) -> Any:
        middle = timezone.now() - self.total / 2 * timedelta(seconds=1)
        return self.patients().filter(appointment_time__lt=middle)


@contextmanager
def counted() -> Iterator[list[int]]:
    """Every statement is explained first, as PostgreSQL really runs it for this role."""
    read: list[int] = []

    def explain(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", params)
            ((explained,),) = cursor.fetchall()
        if isinstance(explained, str):
            explained = json.loads(explained)
        plan = explained[0]["Plan"]
        read.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        return execute(statement, params, many, context)

    with connection.execute_wrapper(explain):
        yield read


Asked = Callable[[Clinic], Any]
REQUEST = RequestFactory().get("/")
FLAT = 1.5

ASKED: list[tuple[str, Asked, float | None]] = [
    ("newest", Clinic.patients, FLAT),
    ("from the middle on", Clinic.from_the_middle, FLAT),
    ("of one campaign", lambda c: c.patients().filter(campaign=c.campaigns[0]), FLAT),
    ("opted out", lambda c: c.patients().in_state(PatientState.OPTED_OUT, timezone.now()), FLAT),
    ("no consent", lambda c: c.patients().in_state(PatientState.NO_CONSENT, timezone.now()), FLAT),
    ("waiting", lambda c: c.patients().in_state(PatientState.WAITING, timezone.now()), FLAT),
    ("common name", lambda c: c.search("María"), FLAT),
    ("two common names", lambda c: c.search("lopez mar"), FLAT),
    ("rare name", lambda c: c.search("xiom"), FLAT),
    ("common and rare", lambda c: c.search("lopez xiom"), FLAT),
    ("nobody's name", lambda c: c.search("zzz"), FLAT),
    ("phone", lambda c: c.search(f"09{c.first + 77:08d}"), FLAT),
    ("end of a phone", lambda c: c.search(f"{c.first + 77:06d}"), FLAT),
    # One in five hundred: too few to be met at once, too many to be looked up for nothing.
    ("uncommon name", lambda c: c.search("debora"), None),
]
