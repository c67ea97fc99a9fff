"""The list of patients: order, pages, filters and who sees whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from patients.models import Patient, PatientState
from tests.factories import (
    CampaignFactory,
    PatientFactory,
    UserFactory,
)
from tests.patients.patient_pages.pages import list_patients
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


def create_patients_on_days(owner: User, *days: int, **kept: Any) -> list[Patient]:
    now = timezone.now()
    return [
        PatientFactory.create(
            workspace=owner.workspace, appointment_time=now - timedelta(days=day), **kept
        )
        for day in days
    ]


# The list


def test_list_shows_newest_appointment_first(client: Client, owner: User) -> None:
    older, newest, oldest = create_patients_on_days(owner, 2, 1, 3)

    assert list_patients(client) == [newest, older, oldest]


def test_pages_continue_between_equal_appointment_times(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    nine = datetime(2026, 11, 20, 14, tzinfo=UTC)
    made = PatientFactory.create_batch(
        60, workspace=owner.workspace, campaign=campaign, appointment_time=nine, name="Ana"
    )

    first = client.get(reverse("patients"), {"q": "ana"}).context["page"]
    second = client.get(reverse("patients") + first.older).context["page"]
    third = client.get(reverse("patients") + second.older).context["page"]

    assert first.rows + second.rows + third.rows == made[::-1]
    assert (first.newer, third.older) == ("", "")
    assert list_patients(client, third.newer) == second.rows
    assert list_patients(client, second.newer) == first.rows


@pytest.mark.parametrize("cursor", ["nonsense", "2026-99-99~x", "~", "2026-11-20T09:00:00+00:00~"])
def test_invalid_cursor_shows_first_page(client: Client, patient: Patient, cursor: str) -> None:
    assert list_patients(client, before=cursor) == list_patients(client, after=cursor) == [patient]


def test_erased_patient_is_in_no_list_and_has_no_page(client: Client, patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(data_deleted_at=timezone.now())

    assert list_patients(client) == list_patients(client, q="ana") == []
    for name in ("patient", "patient_edit", "patient_move", "patient_opt_out", "patient_story"):
        assert client.get(reverse(name, args=[patient.pk])).status_code == 404


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (PatientState.WAITING, {}),
        (PatientState.ASKED, {"asked_at": timezone.now()}),
        (PatientState.MISSED, {"appointment_time": timezone.now() - timedelta(days=9)}),
        (PatientState.NO_CONSENT, {"has_consent": False}),
        (PatientState.OPTED_OUT, {"opted_out_at": timezone.now()}),
    ],
)
def test_list_can_be_filtered_by_state(
    client: Client, owner: User, state: PatientState, values: dict[str, Any]
) -> None:
    meant = PatientFactory.create(workspace=owner.workspace, **values)
    others: list[dict[str, Any]] = [
        {},
        {"asked_at": timezone.now()},
        {"appointment_time": timezone.now() - timedelta(days=9)},
        {"has_consent": False},
        {"opted_out_at": timezone.now()},
    ]
    for other in others:
        if other.keys() != values.keys():
            PatientFactory.create(workspace=owner.workspace, **other)

    assert list_patients(client, state=state) == [meant]
    assert f">{state.label}</span>" in client.get(reverse("patients"), {"q": meant.name}).text


def test_list_can_be_filtered_by_campaign(client: Client, owner: User) -> None:
    one, _other = create_patients_on_days(owner, 1, 2)

    assert list_patients(client, campaign=one.campaign_id) == [one]
    assert len(list_patients(client, campaign="nonsense")) == 2


def test_campaign_of_another_clinic_is_ignored_as_filter(client: Client, owner: User) -> None:
    create_patients_on_days(owner, 1)
    foreign = PatientFactory.create()

    assert foreign not in list_patients(client, campaign=foreign.campaign_id)


def test_doctor_sees_only_patients_of_own_campaigns(client: Client, doctor: User) -> None:
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    mine = PatientFactory.create(workspace=doctor.workspace, campaign=own)
    another = PatientFactory.create(workspace=doctor.workspace, phone=mine.phone)

    assert list_patients(client) == [mine]
    assert client.get(reverse("patient", args=[mine.pk])).context["others"] == []
    assert client.get(reverse("patient", args=[another.pk])).status_code == 404
    assert client.post(reverse("patient_opt_out", args=[another.pk])).status_code == 404
    assert client.get(reverse("patient_story", args=[another.pk])).status_code == 404


def test_receptionist_sees_no_patients(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    patient = PatientFactory.create(workspace=receptionist.workspace)
    client.force_login(receptionist)

    assert client.get(reverse("patients")).status_code == 403
    for name in (
        "patient",
        "patient_edit",
        "patient_move",
        "patient_opt_out",
        "patient_consent",
        "patient_story",
    ):
        assert client.get(reverse(name, args=[patient.pk])).status_code == 403
        assert client.post(reverse(name, args=[patient.pk])).status_code == 403
    assert reverse("patients") not in client.get(reverse("home")).text


def test_htmx_request_gets_only_the_list(client: Client, patient: Patient) -> None:
    page = client.get(reverse("patients"), headers={"hx-request": "true"}).text

    assert page.strip().startswith('<div id="patients"')


def test_html_in_name_is_escaped(client: Client, patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(name="<b>Ana</b>", consent_words="<i>sí</i>")

    for address in (reverse("patients"), reverse("patient", args=[patient.pk])):
        page = client.get(address).text
        assert "&lt;b&gt;Ana&lt;/b&gt;" in page
        assert "<b>Ana</b>" not in page
        assert "<i>sí</i>" not in page


def test_list_and_search_cost_same_queries_for_one_and_many(client: Client, owner: User) -> None:
    counted = []
    list_patients(client)  # whatever is remembered after the first time
    for _round in range(2):
        create_patients_on_days(owner, *range(1, 13), name="Ana María")
        for asked in ({}, {"q": "ana mar"}, {"q": "0991234567"}, {"state": "waiting"}):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("patients"), asked)
            counted.append(len(queries))

    assert counted[:4] == counted[4:]
    assert max(counted) < 22
