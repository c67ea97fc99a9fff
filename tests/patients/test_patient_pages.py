from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import CampaignStatus
from core import tenancy
from patients.addresses import hash_address
from patients.models import Patient, PatientState, SuppressionReason
from tests.factories import (
    CampaignFactory,
    ImportFactory,
    PatientFactory,
    PracticeFactory,
    SuppressionFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(language="en", role=Role.DOCTOR)
    client.force_login(user)
    return user


@pytest.fixture
def patient(owner: User) -> Patient:
    patient: Patient = PatientFactory.create(workspace=owner.workspace, name="Ana Zoraida")
    return patient


def fresh(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def shown(client: Client, address: str = "", **asked: Any) -> list[Patient]:
    response = client.get(reverse("patients") + address, asked)
    assert response.status_code == 200
    rows: list[Patient] = response.context["page"].rows
    return rows


def on_days(owner: User, *days: int, **kept: Any) -> list[Patient]:
    now = timezone.now()
    return [
        PatientFactory.create(
            workspace=owner.workspace, appointment_time=now - timedelta(days=day), **kept
        )
        for day in days
    ]


# The list


def test_the_newest_appointment_comes_first(client: Client, owner: User) -> None:
    older, newest, oldest = on_days(owner, 2, 1, 3)

    assert shown(client) == [newest, older, oldest]


def test_pages_follow_each_other_through_a_tie(client: Client, owner: User) -> None:
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
    assert shown(client, third.newer) == second.rows
    assert shown(client, second.newer) == first.rows


@pytest.mark.parametrize("cursor", ["nonsense", "2026-99-99~x", "~", "2026-11-20T09:00:00+00:00~"])
def test_an_address_that_makes_no_sense_shows_the_first_page(
    client: Client, patient: Patient, cursor: str
) -> None:
    assert shown(client, before=cursor) == shown(client, after=cursor) == [patient]


def test_the_erased_are_in_no_list_and_on_no_page(client: Client, patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(data_deleted_at=timezone.now())

    assert shown(client) == shown(client, q="ana") == []
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
def test_a_state_can_be_asked_for(
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

    assert shown(client, state=state) == [meant]
    assert f">{state.label}</span>" in client.get(reverse("patients"), {"q": meant.name}).text


def test_a_campaign_can_be_asked_for(client: Client, owner: User) -> None:
    one, _other = on_days(owner, 1, 2)

    assert shown(client, campaign=one.campaign_id) == [one]
    assert len(shown(client, campaign="nonsense")) == 2


def test_somebody_elses_campaign_is_no_filter(client: Client, owner: User) -> None:
    on_days(owner, 1)
    foreign = PatientFactory.create()

    assert foreign not in shown(client, campaign=foreign.campaign_id)


def test_a_doctor_sees_the_patients_of_their_own_campaigns(client: Client, doctor: User) -> None:
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    mine = PatientFactory.create(workspace=doctor.workspace, campaign=own)
    another = PatientFactory.create(workspace=doctor.workspace, phone=mine.phone)

    assert shown(client) == [mine]
    assert client.get(reverse("patient", args=[mine.pk])).context["others"] == []
    assert client.get(reverse("patient", args=[another.pk])).status_code == 404
    assert client.post(reverse("patient_opt_out", args=[another.pk])).status_code == 404
    assert client.get(reverse("patient_story", args=[another.pk])).status_code == 404


def test_a_receptionist_sees_no_patients(client: Client) -> None:
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


def test_htmx_gets_the_list_alone(client: Client, patient: Patient) -> None:
    page = client.get(reverse("patients"), headers={"hx-request": "true"}).text

    assert page.strip().startswith('<div id="patients"')


def test_html_in_a_name_stays_text(client: Client, patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        Patient.objects.filter(pk=patient.pk).update(name="<b>Ana</b>", consent_words="<i>sí</i>")

    for address in (reverse("patients"), reverse("patient", args=[patient.pk])):
        page = client.get(address).text
        assert "&lt;b&gt;Ana&lt;/b&gt;" in page
        assert "<b>Ana</b>" not in page
        assert "<i>sí</i>" not in page


def test_a_list_and_a_search_cost_the_same_for_one_and_for_many(
    client: Client, owner: User
) -> None:
    counted = []
    shown(client)  # whatever is remembered after the first time
    for _round in range(2):
        on_days(owner, *range(1, 13), name="Ana María")
        for asked in ({}, {"q": "ana mar"}, {"q": "0991234567"}, {"state": "waiting"}):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("patients"), asked)
            counted.append(len(queries))

    assert counted[:4] == counted[4:]
    assert max(counted) < 20


# One patient


def test_the_page_says_who_when_and_with_which_consent(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone="America/Guayaquil")
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    listed = ImportFactory.create(
        workspace=owner.workspace, campaign=campaign, filename="lunes.csv"
    )
    patient = PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        source=listed,
        row_number=7,
        phone="+593991234567",
        email="ana@example.com",
        appointment_time=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
        consent_words="Autoriza: sí",
        consent_by="Recepción",
    )

    page = client.get(reverse("patient", args=[patient.pk])).text

    for said in ("+593991234567", "ana@example.com", "9:30", "Autoriza: sí", "Recepción"):
        assert said in page
    assert f'href="{reverse("import", args=[listed.pk])}"' in page
    assert f'hx-get="{reverse("patient_story", args=[patient.pk])}"' in page


@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("no_consent", {"has_consent": False}),
        ("opted_out", {"opted_out_at": timezone.now()}),
        ("too_old", {"appointment_time": timezone.now() - timedelta(days=9)}),
        ("", {}),
    ],
)
def test_the_page_says_why_nobody_is_asked(
    client: Client, owner: User, reason: str, values: dict[str, Any]
) -> None:
    patient = PatientFactory.create(workspace=owner.workspace, **values)

    stands = client.get(reverse("patient", args=[patient.pk])).context["stands"]

    assert stands.reason == reason
    assert bool(stands.ask_at) is not bool(reason)


@pytest.mark.parametrize(
    ("why", "reason"),
    [(SuppressionReason.UNREACHABLE, "number_dead"), (SuppressionReason.REPLY, "opted_out")],
)
def test_a_suppressed_address_is_a_reason(
    client: Client, patient: Patient, why: SuppressionReason, reason: str
) -> None:
    SuppressionFactory.create(
        workspace=patient.workspace,
        address=patient.phone,
        digest=hash_address(patient.phone),
        reason=why,
    )

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == reason


def test_another_appointment_that_was_asked_lately_is_a_reason(
    client: Client, patient: Patient
) -> None:
    other = PatientFactory.create(
        workspace=patient.workspace,
        phone=patient.phone,
        asked_at=timezone.now() - timedelta(days=3),
    )

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == "asked_lately"
    assert [one for one, _state in page.context["others"]] == [other]


def test_an_ended_campaign_is_a_reason(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.COMPLETED)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign)

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == "campaign_ended"


def form_of(patient: Patient, **changed: str) -> dict[str, str]:
    return {
        "name": patient.name,
        "phone": patient.phone,
        "email": patient.email,
        "preferred_channel": patient.preferred_channel,
        "language": patient.language,
        "seen": fresh(patient).updated_at.isoformat(),
    } | changed


def test_a_patient_is_edited_with_a_number_as_people_type_it(
    client: Client, patient: Patient
) -> None:
    address = reverse("patient_edit", args=[patient.pk])

    response = client.post(
        address, form_of(patient, phone="098 765 4321", email="Eva@Example.com", name="Eva")
    )

    assert response.status_code == 302
    now = fresh(patient)
    assert (now.name, now.phone, now.email) == ("Eva", "+593987654321", "eva@example.com")


@pytest.mark.parametrize(
    "changed",
    [
        {"phone": "12345"},
        {"phone": "", "email": ""},
        {"email": "nobody"},
        {"preferred_channel": "FAX"},
        {"language": "qu"},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    client: Client, patient: Patient, changed: dict[str, str]
) -> None:
    before = fresh(patient)
    response = client.post(reverse("patient_edit", args=[patient.pk]), form_of(patient) | changed)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert vars(fresh(patient))["updated_at"] == before.updated_at


def test_whoever_edits_an_older_state_is_told_and_may_insist(
    client: Client, patient: Patient
) -> None:
    address = reverse("patient_edit", args=[patient.pk])
    mine = form_of(patient, name="Mine")
    client.post(address, form_of(patient, name="Theirs"))

    refused = client.post(address, mine)
    assert "Someone changed this patient" in refused.text
    assert fresh(patient).name == "Theirs"

    client.post(address, mine | {"seen": refused.context["form"].data["seen"]})
    assert fresh(patient).name == "Mine"


def test_an_appointment_is_moved_by_the_practices_clock(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone="America/Guayaquil")
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign)
    tomorrow = (timezone.now() + timedelta(days=1)).replace(hour=14, minute=30, second=0)

    client.post(reverse("patient_move", args=[patient.pk]), {"to": f"{tomorrow:%Y-%m-%d}T09:30"})

    assert fresh(patient).appointment_time == tomorrow.replace(microsecond=0)


def test_the_page_for_moving_says_that_nobody_is_asked_twice(client: Client, owner: User) -> None:
    asked = PatientFactory.create(workspace=owner.workspace, asked_at=timezone.now())

    assert "not asked again" in client.get(reverse("patient_move", args=[asked.pk])).text


@pytest.mark.parametrize("to", ["", "never", "1926-01-01T09:00", "2126-01-01T09:00"])
def test_a_time_that_cannot_be_is_refused(client: Client, patient: Patient, to: str) -> None:
    response = client.post(reverse("patient_move", args=[patient.pk]), {"to": to})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert fresh(patient).appointment_time == patient.appointment_time


def test_opting_out_asks_first_and_says_that_it_is_for_all_campaigns(
    client: Client, patient: Patient
) -> None:
    address = reverse("patient_opt_out", args=[patient.pk])

    assert "for all campaigns" in client.get(address).text
    assert fresh(patient).opted_out_at is None
    client.post(address, {"note": "by phone"})
    assert fresh(patient).opted_out_at


def test_consent_is_withdrawn_and_recorded_again(client: Client, patient: Patient) -> None:
    address = reverse("patient_consent", args=[patient.pk])

    client.post(address)
    assert not fresh(patient).has_consent
    assert client.post(address, {"words": ""}).context["form"].errors
    client.post(address, {"words": "signed at reception"})
    assert fresh(patient).consent_words == "signed at reception"
    assert fresh(patient).has_consent
