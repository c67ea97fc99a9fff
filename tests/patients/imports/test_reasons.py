"""A list, a program and the patient's page name the same first reason against asking."""

from collections.abc import Iterable
from itertools import product, starmap
from typing import NamedTuple

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import sql, tenancy
from patients import eligibility
from patients.addresses import hash_address
from patients.imports import verdicts
from patients.models import Patient, SuppressionReason
from patients.standing import standing_of
from patients.upsert import SentRecord, upsert_patients
from tests.factories import HoldFactory, PatientFactory, SuppressionFactory, UserFactory
from tests.messaging.world import running_campaign
from tests.patients.imports.lists import get_visit_time, import_list, make_row

pytestmark = pytest.mark.django_db

BY_SQL = f"""
SELECT pt.id, coalesce({eligibility.REASON_AGAINST_ASKING}, '') AS reason
FROM patients_patient pt WHERE pt.campaign_id = %(campaign)s
"""


class Row(NamedTuple):
    opted_out: bool
    asked: bool
    has_consent: bool
    did_not_happen: bool
    address: str


BLOCKED = ["", "opted out", "dead", "held", "dead and held"]
YES_NO = [False, True]
ROWS = list(starmap(Row, product(YES_NO, YES_NO, YES_NO, YES_NO, BLOCKED)))


def first_reason(row: Row) -> str:
    """Return the first reason by the order that `patients.row_eligibility` lists."""
    reasons = {
        "opted_out": row.opted_out or row.address == "opted out",
        "asked_lately": row.asked,
        "no_consent": not row.has_consent,
        "did_not_happen": row.did_not_happen,
        "number_dead": "dead" in row.address,
        "held": "held" in row.address,
    }
    return next((reason for reason, applies in reasons.items() if applies), "")


def block_address(campaign: Campaign, phone: str, how: str) -> None:
    address = {"workspace": campaign.workspace, "address": phone, "digest": hash_address(phone)}
    if "held" in how:
        HoldFactory.create(**address)
    if "dead" in how:
        SuppressionFactory.create(**address, reason=SuppressionReason.UNREACHABLE)
    if how == "opted out":
        SuppressionFactory.create(**address)


def create_patients(campaign: Campaign) -> dict[str, Row]:
    """Insert a patient for each combination. Return them by phone."""
    now = timezone.now()
    at = get_visit_time()
    rows = {f"+59399{number:07d}": row for number, row in enumerate(ROWS)}
    for phone, row in rows.items():
        PatientFactory.create(
            workspace=campaign.workspace,
            campaign=campaign,
            phone=phone,
            appointment_time=at,
            opted_out_at=now if row.opted_out else None,
            asked_at=now if row.asked else None,
            has_consent=row.has_consent,
            did_not_happen=row.did_not_happen,
        )
        block_address(campaign, phone, row.address)
    return rows


@pytest.fixture
def campaign() -> Campaign:
    return running_campaign()


def test_every_place_names_the_same_first_reason(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "PREVIEW_ROWS", len(ROWS))
    rows = create_patients(campaign)
    expected = {phone: first_reason(row) for phone, row in rows.items()}
    with tenancy.platform("test"):
        patients = {one.phone: one for one in Patient.objects.select_related("campaign")}
        by_python = {
            phone: eligibility.reason_against_asking(one) for phone, one in patients.items()
        }
        by_id = {row["id"]: row["reason"] for row in sql.fetch(BY_SQL, campaign=campaign.pk)}
        on_page = {phone: standing_of(one) for phone, one in patients.items()}
    at = next(iter(patients.values())).appointment_time

    listed = import_list(campaign, [make_row("", f"0{phone[4:]}", at=at) for phone in rows])
    by_list = {one["phone"]: one["reason"] or "" for one in listed.preview}
    by_program = [send(campaign, patients.values(), name=name) for name in ("Ana", "Ana")]

    assert by_python == expected
    assert {phone: by_id[one.pk] for phone, one in patients.items()} == expected
    assert by_list == expected
    assert by_program == [expected, expected]
    for phone, standing in on_page.items():
        assert standing.state == ("asked" if rows[phone].asked else "waiting")
        assert rows[phone].asked or standing.reason == expected[phone]


def send(campaign: Campaign, patients: Iterable[Patient], *, name: str) -> dict[str, str]:
    """Send the patients in with this name, as a program does. Return the reasons by phone."""
    sent = [
        SentRecord(
            number,
            {"phone": one.phone, "name": name, "appointment_time": one.appointment_time},
        )
        for number, one in enumerate(patients)
    ]
    by = UserFactory.create(workspace=campaign.workspace)
    with tenancy.within(campaign.workspace_id):
        results = upsert_patients(campaign=campaign, sent=sent, by=by, source="API")
    return {sent[one.row].values["phone"]: one.reason or "" for one in results}


def test_new_rows_follow_the_same_order(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "PREVIEW_ROWS", len(ROWS))
    new = [row for row in ROWS if not row.asked and not row.opted_out and not row.did_not_happen]
    rows = {f"+59399{number:07d}": row for number, row in enumerate(new)}
    for phone, row in rows.items():
        block_address(campaign, phone, row.address)

    listed = import_list(
        campaign,
        [
            make_row(phone=f"0{phone[4:]}", consent="sí" if row.has_consent else "no")
            for phone, row in rows.items()
        ],
    )

    by_list = {one["phone"]: one["reason"] or "" for one in listed.preview}
    assert by_list == {phone: first_reason(row) for phone, row in rows.items()}
