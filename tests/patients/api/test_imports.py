import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from openpyxl import Workbook

from campaigns.models import Campaign
from core import tenancy
from patients.imports import worker
from patients.models import Import, ImportStatus, Patient
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import CampaignFactory, ImportFactory, ImportProblemFactory
from tests.full_disk import full_disk

pytestmark = pytest.mark.django_db

DAY = (timezone.now() - timedelta(hours=30)).date()
LIST = f"Nombre;Celular;Cita;Acepta\nAna;0991234567;{DAY} 10:00;si\nLuz;12;{DAY} 11:00;si\n"


@pytest.fixture
def campaign(api_client: ApiClient) -> Campaign:
    return CampaignFactory.create(workspace=api_client.workspace)


def upload(api_client: ApiClient, campaign: Campaign, content: bytes | str, **fields: str) -> Any:
    file = BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = fields.pop("filename", "citas.csv")
    key = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    return api_client.client.post(
        f"/api/v1/campaigns/{campaign.pk}/imports/", {"file": file, **fields}, headers=key
    )


def run_import(api_client: ApiClient, listed: dict[str, Any]) -> dict[str, Any]:
    """Run both steps of the worker."""
    for _step in range(2):
        worker.advance(workspace_id=api_client.workspace.pk, import_id=listed["id"])
    result: dict[str, Any] = api_client.get(f"imports/{listed['id']}/").json()
    return result


def test_uploaded_list_is_imported_without_confirmation(
    api_client: ApiClient, campaign: Campaign
) -> None:
    answer = upload(api_client, campaign, LIST)

    assert (answer.status_code, answer.json()["status"]) == (202, "UPLOADED")
    assert answer["Location"] == f"/api/v1/imports/{answer.json()['id']}/"
    result = run_import(api_client, answer.json())
    assert result["status"] == "DONE"
    assert (result["rows_total"], result["rows_new"], result["rows_refused"]) == (2, 1, 1)
    problems = api_client.client.get(result["problems_url"]).json()["results"]
    assert [(problem["row_number"], problem["reason"]) for problem in problems] == [
        (3, "phone_invalid")
    ]
    assert "12" in problems[0]["message"]
    with tenancy.within(api_client.workspace.pk):
        patient = Patient.objects.within(api_client.workspace).get()
    assert (patient.name, str(patient.source_id)) == ("Ana", result["id"])


def test_mapping_chooses_the_columns(api_client: ApiClient, campaign: Campaign) -> None:
    content = f"a;b;c\nAna;0991234567;{DAY:%m/%d/%Y} 10:00\n"
    mapping = {"name": "a", "phone": "b", "appointment_time": "c"}

    answer = upload(
        api_client,
        campaign,
        content,
        mapping=json.dumps(mapping),
        date_order="MDY",
        consent_words="firmaron en recepción",
    )

    result = run_import(api_client, answer.json())
    assert (result["status"], result["mapping"], result["date_order"]) == ("DONE", mapping, "MDY")
    with tenancy.within(api_client.workspace.pk):
        patient = Patient.objects.within(api_client.workspace).get()
    assert (patient.has_consent, patient.consent_words) == (True, "firmaron en recepción")
    assert patient.appointment_time.date() - DAY <= timedelta(days=1)


@pytest.mark.parametrize(
    ("content", "fields", "problem"),
    [
        ("Nombre;Nota\nAna;buena\n", {}, "no_address_column"),
        (LIST, {"mapping": '{"phone": "Teléfono"}'}, "column_unknown"),
        ("Nombre;Celular;Cita\n", {}, "only_headings"),
    ],
)
def test_unreadable_list_fails_with_a_reason(
    api_client: ApiClient, campaign: Campaign, content: str, fields: dict[str, str], problem: str
) -> None:
    result = run_import(api_client, upload(api_client, campaign, content, **fields).json())

    assert (result["status"], result["problem"]) == ("FAILED", problem)
    assert result["problem_detail"]


def test_missing_sheet_fails_with_a_reason(api_client: ApiClient, campaign: Campaign) -> None:
    book, saved = Workbook(), BytesIO()
    book.create_sheet("Citas").append(["Nombre", "Celular", "Cita"])
    book.save(saved)

    answer = upload(api_client, campaign, saved.getvalue(), filename="citas.xlsx", sheet="Hoja 9")

    assert run_import(api_client, answer.json())["problem"] == "sheet_unknown"


@pytest.mark.parametrize(
    ("fields", "mistakes"),
    [
        ({"mapping": "{"}, [("mapping", "invalid")]),
        ({"mapping": "[1]"}, [("mapping", "invalid")]),
        ({"mapping": '{"phone": 1}'}, [("mapping", "invalid")]),
        ({"mapping": '{"shoe": "a"}'}, [("mapping.shoe", "unknown")]),
        ({"date_order": "YDM"}, [("date_order", "invalid_choice")]),
        ({"colour": "red"}, [("colour", "unknown")]),
        (
            {"colour": "red", "date_order": "YDM", "mapping": '{"shoe": "a"}'},
            [("date_order", "invalid_choice"), ("colour", "unknown"), ("mapping.shoe", "unknown")],
        ),
    ],
)
def test_wrong_option_is_refused_at_once(
    api_client: ApiClient,
    campaign: Campaign,
    fields: dict[str, str],
    mistakes: list[tuple[str, str]],
) -> None:
    answer = upload(api_client, campaign, LIST, **fields)

    assert problem_codes(answer) == (400, "invalid", mistakes)
    with tenancy.platform("test"):
        assert not Import.objects.exists()


def test_upload_without_a_file_is_refused(api_client: ApiClient, campaign: Campaign) -> None:
    answer = api_client.client.post(
        f"/api/v1/campaigns/{campaign.pk}/imports/", {"date_order": "DMY"}
    )

    assert problem_codes(answer) == (400, "invalid", [("file", "required")])


def test_file_of_another_type_is_refused_at_once(api_client: ApiClient, campaign: Campaign) -> None:
    answer = upload(api_client, campaign, b"%PDF-1.7 ...", filename="citas.csv")

    assert problem_codes(answer)[:2] == (409, "conflict")
    assert "PDF" in answer.json()["detail"]


def test_json_is_refused_instead_of_a_file(api_client: ApiClient, campaign: Campaign) -> None:
    answer = api_client.post(f"campaigns/{campaign.pk}/imports/", {"file": "x"})

    assert problem_codes(answer)[:2] == (415, "media_type")


def test_same_file_with_the_same_idempotency_key_is_imported_once(
    api_client: ApiClient, campaign: Campaign
) -> None:
    first = upload(api_client, campaign, LIST, key="k1")
    again = upload(api_client, campaign, LIST, key="k1")
    other = upload(api_client, campaign, LIST + "Eva;0991111111;x;si\n", key="k1")

    assert first.json() == again.json()
    assert problem_codes(other)[:2] == (422, "key_reused")
    assert len(api_client.get("imports/").json()["results"]) == 1


def test_problems_are_paginated_in_the_order_of_the_file(api_client: ApiClient) -> None:
    listed = ImportFactory.create(workspace=api_client.workspace)
    for number in (7, 3, 5):
        ImportProblemFactory.create(
            workspace=api_client.workspace, source=listed, row_number=number, reason="unreachable"
        )

    rows, path = [], f"imports/{listed.pk}/problems/?limit=2"
    while path:
        result = api_client.get(path).json()
        rows += [row["row_number"] for row in result["results"]]
        path = (result["next"] or "").partition("/api/v1/")[2]

    assert rows == [3, 5, 7]


def test_list_is_cancelled_or_taken_back(api_client: ApiClient, campaign: Campaign) -> None:
    first = upload(api_client, campaign, LIST).json()
    second = run_import(api_client, upload(api_client, campaign, LIST).json())

    off = api_client.post(f"imports/{first['id']}/cancel/")
    back = api_client.post(f"imports/{second['id']}/take-back/")
    again = api_client.post(f"imports/{second['id']}/cancel/")

    assert (off.json()["status"], back.json()["status"]) == ("CANCELLED", "TAKEN_BACK")
    assert problem_codes(again)[:2] == (409, "conflict")
    with tenancy.platform("test"):
        assert not Patient.objects.exists()


def test_list_of_a_person_waits_for_confirmation(api_client: ApiClient, campaign: Campaign) -> None:
    """What a page uploads is not automatic, and stops where somebody has to look."""
    listed = ImportFactory.create(workspace=api_client.workspace, campaign=campaign)
    with tenancy.platform("test"):
        listed.file.save("x", ContentFile(LIST), save=True)

    result = run_import(api_client, {"id": listed.pk})

    assert result["status"] == ImportStatus.SURVEYED


@pytest.mark.parametrize("lines", [10_000, 150_000], ids=["kept in memory", "spooled before"])
def test_full_disk_is_a_no_room_problem(
    api_client: ApiClient, campaign: Campaign, lines: int
) -> None:
    with full_disk(room_for=100 * 1024):
        answer = upload(api_client, campaign, LIST + "Luz;0991234567;;si\n" * lines)

    assert problem_codes(answer)[:2] == (507, "no_room")
