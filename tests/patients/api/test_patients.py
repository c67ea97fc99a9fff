from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core import tenancy
from patients.models import Suppression, SuppressionReason
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import CampaignFactory, ImportFactory, PatientFactory, SuppressionFactory

pytestmark = pytest.mark.django_db


def list_names(api_client: ApiClient, query: str) -> list[str]:
    return [row["name"] for row in api_client.get(f"patients/?{query}").json()["results"]]


def test_patients_are_filtered(api_client: ApiClient) -> None:
    campaign = CampaignFactory.create(workspace=api_client.workspace)
    now = timezone.now()
    PatientFactory.create(workspace=api_client.workspace, name="Ana", phone="+593991234567")
    PatientFactory.create(
        workspace=api_client.workspace, name="Luz", campaign=campaign, email="luz@example.com"
    )
    PatientFactory.create(
        workspace=api_client.workspace, name="Eva", has_consent=False,
        appointment_time=now + timedelta(days=1),
    )  # fmt: skip
    PatientFactory.create(workspace=api_client.workspace, name="", data_deleted_at=now)
    PatientFactory.create(name="De otra clínica")

    assert list_names(api_client, "") == ["Eva", "Luz", "Ana"]
    assert list_names(api_client, "phone=%2B593991234567") == ["Ana"]
    assert list_names(api_client, "email=LUZ@example.com") == ["Luz"]
    assert list_names(api_client, f"campaign_id={campaign.pk}") == ["Luz"]
    assert list_names(api_client, "state=no_consent") == ["Eva"]
    assert list_names(api_client, "has_consent=true&limit=1") == ["Luz"]
    assert list_names(api_client, f"seen_after={now:%Y-%m-%dT%H:%M:%SZ}") == ["Eva"]


def test_patient_in_a_list_equals_the_patient_alone(api_client: ApiClient) -> None:
    now = timezone.now()
    patient = PatientFactory.create(
        workspace=api_client.workspace, source=ImportFactory.create(workspace=api_client.workspace),
        asked_at=now.replace(microsecond=0), opted_out_at=now,
    )  # fmt: skip

    (row,) = api_client.get("patients/").json()["results"]

    assert row == api_client.get(f"patients/{patient.pk}/").json()
    assert row["opted_out_at"] == now.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_patient_is_changed_and_moved(api_client: ApiClient) -> None:
    patient = PatientFactory.create(workspace=api_client.workspace)
    path = f"patients/{patient.pk}/"
    local = (timezone.now() + timedelta(days=2)).replace(microsecond=0, tzinfo=None)

    result = api_client.patch(
        path, {"name": "Ana", "phone": "0991234567", "appointment_time": local.isoformat()}
    ).json()

    assert (result["name"], result["phone"]) == ("Ana", "+593991234567")
    zone = ZoneInfo(patient.campaign.practice.timezone)
    with tenancy.platform("test"):
        patient.refresh_from_db()
    assert patient.appointment_time == local.replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({"phone": "", "email": ""}, [("", "invalid")]),
        ({"phone": "12"}, [("phone", "invalid")]),
        ({"email": "ana"}, [("email", "invalid")]),
        ({"appointment_time": "2001-01-01T00:00:00Z"}, [("appointment_time", "invalid")]),
        ({"asked_at": None}, [("asked_at", "unknown")]),
        (
            {
                "asked_at": None,
                "name": 7,
                "email": "ana",
                "appointment_time": "2001-01-01T00:00:00Z",
            },
            [
                ("name", "invalid"),
                ("asked_at", "unknown"),
                ("email", "invalid"),
                ("appointment_time", "invalid"),
            ],
        ),
    ],
)
def test_wrong_change_is_refused_with_all_errors(
    api_client: ApiClient, body: dict[str, object], mistakes: list[tuple[str, str]]
) -> None:
    patient = PatientFactory.create(workspace=api_client.workspace)

    assert problem_codes(api_client.patch(f"patients/{patient.pk}/", body)) == (
        400,
        "invalid",
        mistakes,
    )


def test_consent_and_opting_out(api_client: ApiClient) -> None:
    patient = PatientFactory.create(
        workspace=api_client.workspace, has_consent=False, consent_at=None
    )
    path = f"patients/{patient.pk}/"

    given = api_client.post(f"{path}consent/", {"words": "firmó"}).json()
    assert api_client.delete(f"{path}consent/").status_code == 204
    away = api_client.post(f"{path}opt-out/", {"note": "por teléfono"}).json()

    assert (given["has_consent"], given["consent_words"]) == (True, "firmó")
    assert not away["has_consent"]
    assert away["opted_out_at"]


def test_suppressions_are_added_found_and_removed(api_client: ApiClient) -> None:
    added = api_client.post(
        "suppressions/", {"addresses": ["0991234567", "Ana@Example.com", "x"], "note": "pidió"}
    ).json()

    assert added == {
        "new": ["+593991234567", "ana@example.com"],
        "known": [],
        "unreadable": ["x"],
    }
    (row,) = api_client.get("suppressions/?address=ANA@example.com").json()["results"]
    assert api_client.get(f"suppressions/{row['id']}/").json() == row
    gone = api_client.post(f"suppressions/{row['id']}/remove/", {"reason": "volvió"})
    assert gone.status_code == 204
    assert len(api_client.get("suppressions/?reason=STAFF").json()["results"]) == 1


def test_address_of_an_erased_person_is_hidden(api_client: ApiClient) -> None:
    row: Suppression = SuppressionFactory.create(
        workspace=api_client.workspace, address="+593991234567", reason=SuppressionReason.ERASURE
    )

    assert api_client.get("suppressions/").json()["results"][0]["address"] == ""
    assert api_client.get("suppressions/?address=%2B593991234567").json()["results"] == []
    answer = api_client.post(f"suppressions/{row.pk}/remove/", {"reason": "volvió"})
    assert problem_codes(answer)[:2] == (409, "conflict")
