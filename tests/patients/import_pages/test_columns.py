"""The form of the columns."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from campaigns.models import Campaign
from core import tenancy
from patients.models import ImportStatus, Patient
from tests.patients.import_pages.steps import (
    columns_data,
    get_page,
    list_file,
    post,
    run_worker,
    today,
    upload_and_survey,
)

pytestmark = pytest.mark.django_db


def test_columns_are_guessed_and_shown_with_samples(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign)

    html = get_page(client, listed)

    assert re.findall(r'<option value="(\w+)" selected>', html) == [
        "name",
        "phone",
        "appointment_date",
        "appointment_hour",
        "consent",
    ]
    assert "María Pérez" in html
    assert "3 rows found" in html


def test_missing_columns_are_shown_as_advice(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(
        client, campaign, list_file("Paciente;Apodo\nAna Sol;Anita\nJosé Mora;Pepe\n")
    )

    context = client.get(reverse("import", args=[listed.pk])).context

    assert len(context["advice"]) == 2


def test_two_columns_for_one_field_are_refused(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign)

    response = post(
        client, "import_columns", listed, **columns_data(client, listed, **{"column-0": "phone"})
    )

    assert "“Paciente” and “Celular” cannot both be “Phone”" in response.content.decode()
    assert run_worker(listed).status == ImportStatus.SURVEYED


WITHOUT_CONSENT = "Paciente;Celular;Cita\nAna Sol;0987654321;{day} 09:30\n"


def test_list_without_consent_column_requires_an_answer(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign, list_file(WITHOUT_CONSENT))

    response = post(client, "import_columns", listed, **columns_data(client, listed))

    assert "consent" in response.context["form"].errors
    assert "Rosa Recibe" in response.content.decode()


@pytest.mark.parametrize(("said", "has_consent"), [("nobody", False), ("everyone", True)])
def test_declared_consent_is_stored(
    client: Client, campaign: Campaign, said: str, has_consent: bool
) -> None:
    listed = upload_and_survey(client, campaign, list_file(WITHOUT_CONSENT))
    post(client, "import_columns", listed, **columns_data(client, listed, consent=said))
    listed = run_worker(listed)
    post(client, "import_confirm", listed)
    run_worker(listed)

    with tenancy.within(campaign.workspace_id):
        patient = Patient.objects.get()
    assert patient.has_consent is has_consent
    assert ("agreed to receive messages" in patient.consent_words) is has_consent
    assert (patient.consent_by == "Rosa Recibe") is has_consent


def test_ambiguous_date_is_shown_in_both_orders(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(
        client, campaign, list_file("Paciente;Celular;Cita\nAna;0987654321;03/04/2026 9:30\n")
    )

    readings = client.get(reverse("import", args=[listed.pk])).context["readings"]

    assert [(r.order, f"{r.day:%d %b}", r.is_chosen) for r in readings] == [
        ("DMY", "03 Apr", True),
        ("MDY", "04 Mar", False),
    ]


def test_other_date_order_can_be_chosen(client: Client, campaign: Campaign) -> None:
    text = "Paciente;Celular;Cita\nAna;0987654321;03/04/2026 9:30\n"
    listed = upload_and_survey(client, campaign, list_file(text))

    said = columns_data(client, listed, consent="everyone", date_order="MDY")
    post(client, "import_columns", listed, **said)

    assert run_worker(listed).preview[0]["appointment_time"].startswith("2026-03-04T09:30")


def test_advice_follows_the_chosen_columns(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign)
    as_it_is = post(client, "import_advice", listed, **columns_data(client, listed))
    without = post(
        client,
        "import_advice",
        listed,
        **columns_data(client, listed, **{"column-1": "", "column-4": ""}),
    )

    assert 'name="consent"' not in as_it_is.content.decode()
    assert 'name="consent"' in without.content.decode()
    assert len(without.context["advice"]) == 1
    assert 'class="field-error"' not in without.content.decode()


def test_other_sheet_can_be_chosen(client: Client, campaign: Campaign) -> None:
    book, file = Workbook(), BytesIO()
    book.active.append(["Notas", "de la", "semana"])  # type: ignore[union-attr]
    book.active.append(["nada", "que", "ver"])  # type: ignore[union-attr]
    book.create_sheet("Citas").append(["Paciente", "Celular", "Cita"])
    book["Citas"].append(["Ana Sol", "0987654321", f"{today()} 09:30"])
    book.save(file)
    listed = upload_and_survey(client, campaign, SimpleUploadedFile("citas.xlsx", file.getvalue()))
    assert "<option>Citas</option>" in get_page(client, listed)

    post(client, "import_sheet", listed, sheet="Citas")

    assert "Ana Sol" in get_page(client, run_worker(listed))


def test_next_list_with_the_same_headings_gets_the_last_columns(
    client: Client, campaign: Campaign
) -> None:
    text = "Quien;Donde;Cuando\nAna Sol;0987654321;{day} 09:30\n"
    listed = upload_and_survey(client, campaign, list_file(text))
    said = {"column-0": "name", "column-1": "phone", "column-2": "appointment_time"}
    post(client, "import_columns", listed, **columns_data(client, listed, consent="nobody", **said))
    post(client, "import_confirm", run_worker(listed))
    run_worker(listed)

    html = get_page(client, upload_and_survey(client, campaign, list_file(text)))

    assert "As in your last list" in html
    assert re.findall(r'<option value="(\w+)" selected>', html) == list(said.values())
