from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import CampaignFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

SEEN = (timezone.now() - timedelta(hours=1)).replace(microsecond=0)
ANA = {
    "name": "Ana Paz",
    "phone": "0991234567",
    "appointment_time": SEEN.isoformat(),
    "has_consent": True,
}


@pytest.fixture
def campaign(api_client: ApiClient) -> Campaign:
    return CampaignFactory.create(workspace=api_client.workspace)


def get_patient(**lookup: Any) -> Patient:
    with tenancy.platform("test"):
        return Patient.objects.get(**lookup)


def patient_body(campaign: Campaign, **values: Any) -> dict[str, Any]:
    return {"campaign_id": str(campaign.pk), **ANA, **values}


def send_batch(api_client: ApiClient, campaign: Campaign, *patients: Any) -> Any:
    return api_client.post(
        "patients/batches/", {"campaign_id": str(campaign.pk), "patients": list(patients)}
    ).json()


def test_patient_is_created_then_unchanged_then_updated(
    api_client: ApiClient, campaign: Campaign
) -> None:
    first = api_client.post("patients/", patient_body(campaign))
    again = api_client.post("patients/", patient_body(campaign))
    changed = api_client.post("patients/", patient_body(campaign, doctor_name="Dra. Ruiz"))

    assert [response.status_code for response in (first, again, changed)] == [201, 200, 200]
    result = [response.json()["status"] for response in (first, again, changed)]
    assert result == ["created", "unchanged", "updated"]
    assert len({response.json()["id"] for response in (first, again, changed)}) == 1
    assert first.json()["will_be_asked"]
    patient = get_patient()
    assert (patient.phone, patient.doctor_name) == ("+593991234567", "Dra. Ruiz")
    assert patient.name == "Ana Paz"
    assert patient.consent_words == f"API: {api_client.key.name}"
    assert patient.row_number is None


def test_missing_field_of_a_known_patient_keeps_its_value(
    api_client: ApiClient, campaign: Campaign
) -> None:
    api_client.post("patients/", patient_body(campaign, appointment_type="Control", language="en"))
    api_client.post(
        "patients/",
        {"campaign_id": str(campaign.pk), "phone": ANA["phone"],
         "appointment_time": ANA["appointment_time"], "name": "Ana Paz Ruiz"},
    )  # fmt: skip

    patient = get_patient()
    assert patient.name == "Ana Paz Ruiz"
    assert (patient.appointment_type, patient.language) == ("Control", "en")
    assert patient.has_consent


def test_consent_is_given_and_withdrawn(api_client: ApiClient, campaign: Campaign) -> None:
    without = api_client.post("patients/", patient_body(campaign, has_consent=False)).json()
    given = api_client.post(
        "patients/", patient_body(campaign, consent_words="firmó en recepción")
    ).json()
    taken = api_client.post("patients/", patient_body(campaign, has_consent=False)).json()

    assert (without["reason"], given["reason"], taken["reason"]) == (
        "no_consent",
        None,
        "no_consent",
    )
    patient = get_patient()
    assert not patient.has_consent
    assert patient.consent_words == "firmó en recepción"
    assert patient.consent_at


def test_time_without_an_offset_is_in_the_zone_of_the_practice(
    api_client: ApiClient, campaign: Campaign
) -> None:
    local = SEEN.astimezone(ZoneInfo(campaign.practice.timezone)).replace(tzinfo=None)

    api_client.post("patients/", patient_body(campaign, appointment_time=local.isoformat()))

    assert get_patient().appointment_time == SEEN


def test_midnight_with_an_offset_is_midnight(api_client: ApiClient, campaign: Campaign) -> None:
    at = datetime.combine(timezone.now().date() - timedelta(days=1), datetime.min.time(), UTC)

    api_client.post("patients/", patient_body(campaign, appointment_time=at.isoformat()))

    assert get_patient().appointment_time == at


@pytest.mark.parametrize(
    ("values", "mistakes"),
    [
        ({"phone": "12"}, [("phone", "phone_invalid")]),
        ({"phone": ""}, [("phone", "unreachable")]),
        ({"phone": "", "email": "ana@"}, [("email", "email_invalid")]),
        ({"phone": "022345678"}, [("phone", "phone_landline")]),
        ({"appointment_time": "1999-01-01T10:00:00Z"}, [("appointment_time", "time_far")]),
        ({"appointment_time": "0001-01-01T00:00:00+14:00"}, [("appointment_time", "overflow")]),
        ({"appointment_time": "tomorrow"}, [("appointment_time", "invalid")]),
        ({"appointment_time": None}, [("appointment_time", "null")]),
        ({"has_consent": "yes"}, [("has_consent", "invalid")]),
        ({"preferred_channel": "FAX"}, [("preferred_channel", "invalid_choice")]),
        ({"name": "=1+1"}, [("name", "formula")]),
        ({"asked_at": None}, [("asked_at", "unknown")]),
        ({"asked_at": None, "phone": "12"}, [("asked_at", "unknown"), ("phone", "phone_invalid")]),
        (
            {"asked_at": None, "campaign_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
            [("asked_at", "unknown"), ("campaign_id", "does_not_exist")],
        ),
        (
            {"asked_at": None, "has_consent": "yes", "appointment_time": "tomorrow"},
            [("appointment_time", "invalid"), ("has_consent", "invalid"), ("asked_at", "unknown")],
        ),
        ({"campaign_id": "7"}, [("campaign_id", "invalid")]),
    ],
)
def test_refused_patient_has_errors_by_field_and_rule(
    api_client: ApiClient,
    campaign: Campaign,
    values: dict[str, Any],
    mistakes: list[tuple[str, str]],
) -> None:
    answer = api_client.post("patients/", patient_body(campaign, **values))

    assert problem_codes(answer) == (400, "invalid", mistakes)


def test_batch_has_a_result_for_each_patient(api_client: ApiClient, campaign: Campaign) -> None:
    PatientFactory.create(
        workspace=api_client.workspace, campaign=campaign, phone="+593991111111",
        appointment_time=SEEN, name="Luz",
    )  # fmt: skip
    with tenancy.within(api_client.workspace.pk):
        for number, reason in (("+593992222222", "STAFF"), ("+593993333333", "ERASURE")):
            suppress_address(
                workspace_id=api_client.workspace.pk,
                address=number,
                reason=SuppressionReason(reason),
            )

    result = send_batch(
        api_client,
        campaign,
        ANA,
        {**ANA, "name": "Otra vez"},
        {**ANA, "phone": "0991111111", "name": "Luz"},
        {**ANA, "phone": "0991111111", "appointment_time": "x"},
        {**ANA, "phone": "0992222222"},
        {**ANA, "phone": "0993333333"},
        "Ana",
        {**ANA, "phone": "", "email": "Ana@Example.com", "has_consent": False},
    )

    assert [row["index"] for row in result["results"]] == list(range(8))
    assert [row["status"] for row in result["results"]] == [
        "created", "repeated", "unchanged", "refused", "created", "refused", "refused", "created",
    ]  # fmt: skip
    assert [row["reason"] for row in result["results"]] == [
        None, "repeated", None, None, "opted_out", None, None, "no_consent",
    ]  # fmt: skip
    assert result["results"][1]["id"] == result["results"][0]["id"]
    mistakes = [[(m["field"], m["rule"]) for m in row["mistakes"]] for row in result["results"]]
    assert mistakes[3] == [("appointment_time", "invalid")]
    assert mistakes[5] == [("", "erased")]
    assert mistakes[6] == [("", "invalid")]
    assert {name: result[name] for name in ("created", "updated", "repeated", "refused")} == {
        "created": 3,
        "updated": 0,
        "repeated": 1,
        "refused": 3,
    }
    assert get_patient(email="ana@example.com").preferred_channel == "EMAIL"


def test_refused_patient_of_a_batch_has_all_errors(
    api_client: ApiClient, campaign: Campaign
) -> None:
    result = send_batch(
        api_client, campaign, {**ANA, "colour": "red", "has_consent": "yes", "phone": "12"}
    )

    (only,) = result["results"]
    assert [(mistake["field"], mistake["rule"]) for mistake in only["mistakes"]] == [
        ("has_consent", "invalid"),
        ("colour", "unknown"),
        ("phone", "phone_invalid"),
    ]


def test_audit_event_has_counts_and_no_names(api_client: ApiClient, campaign: Campaign) -> None:
    send_batch(api_client, campaign, ANA)

    with tenancy.platform("test"):
        event = AuditEvent.objects.get(action="campaign.patients")
    assert api_client.key.made_by
    assert event.actor_name == api_client.key.made_by.name
    assert event.new == {"created": 1, "updated": 0}


@pytest.mark.parametrize("number", [1, 1_000])
def test_batch_of_any_size_costs_the_same_queries(
    api_client: ApiClient, campaign: Campaign, number: int
) -> None:
    api_client.get("me/")  # the use of the key is noted once a minute
    patients = [{**ANA, "phone": f"+59399{n:07d}"} for n in range(number)]

    with CaptureQueriesContext(connection) as queries:
        result = send_batch(api_client, campaign, *patients)

    assert result["created"] == number
    ours = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # One looks for e-mails that change, three agree on the doctors' names. In a test the doors are
    # nested, which is two more for each of the two.
    assert len(ours) < 14 + 4, "\n".join(statement[:90] for statement in ours)


def test_batch_of_more_than_a_thousand_is_refused(
    api_client: ApiClient, campaign: Campaign
) -> None:
    answer = api_client.post(
        "patients/batches/", {"campaign_id": str(campaign.pk), "patients": [{}] * 1_001}
    )

    assert problem_codes(answer) == (400, "invalid", [("patients", "max_length")])


def test_ended_campaign_refuses_patients(api_client: ApiClient) -> None:
    ended = CampaignFactory.create(
        workspace=api_client.workspace, status=CampaignStatus.COMPLETED, ended_at=timezone.now()
    )

    assert problem_codes(api_client.post("patients/", patient_body(ended)))[:2] == (409, "conflict")


def test_campaign_of_another_clinic_is_refused(api_client: ApiClient) -> None:
    answer = api_client.post("patients/", patient_body(CampaignFactory.create()))

    assert problem_codes(answer) == (400, "invalid", [("campaign_id", "does_not_exist")])


def test_erased_patient_is_not_created_again(api_client: ApiClient, campaign: Campaign) -> None:
    PatientFactory.create(
        workspace=api_client.workspace, campaign=campaign, phone="+593991234567", name="",
        appointment_time=SEEN, data_deleted_at=timezone.now(),
    )  # fmt: skip

    result = api_client.post("patients/", patient_body(campaign)).json()

    assert (result["status"], result["reason"]) == ("unchanged", "erased")
    assert get_patient().name == ""


def test_new_email_of_an_opted_out_person_keeps_them_opted_out(
    api_client: ApiClient, campaign: Campaign
) -> None:
    with tenancy.within(api_client.workspace.pk):
        suppress_address(
            workspace_id=api_client.workspace.pk,
            address="ana@example.com",
            reason=SuppressionReason.LINK,
        )
    api_client.post("patients/", patient_body(campaign))

    result = api_client.post("patients/", patient_body(campaign, email="ana@example.com")).json()

    assert (result["status"], result["reason"]) == ("updated", "opted_out")
    assert get_patient().opted_out_at


def test_receptionist_sends_patients_to_open_campaigns(api_client: ApiClient) -> None:
    campaign = CampaignFactory.create(workspace=api_client.workspace)
    api_client.client.force_login(UserFactory.create(workspace=api_client.workspace))

    assert api_client.post("patients/", patient_body(campaign)).status_code == 201
