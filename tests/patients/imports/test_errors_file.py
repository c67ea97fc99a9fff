"""The file of refused rows, which people correct and upload again."""

import csv
import io

import pytest
from django.utils import translation

from campaigns.models import Campaign
from core import tenancy
from patients.imports import column_suggestions, errors_file
from patients.models import Import
from tests.factories import CampaignFactory
from tests.patients.imports.lists import (
    HEADINGS,
    as_csv,
    check_list,
    confirm_list,
    get_patients,
    import_list,
    make_row,
    run_next_step,
    upload_file,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create()
    return campaign


def csv_bytes(listed: Import) -> bytes:
    with tenancy.within(listed.workspace_id):
        return b"".join(errors_file.csv_chunks(listed))


def csv_rows(listed: Import) -> list[list[str]]:
    text = io.StringIO(csv_bytes(listed).decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))


def test_errors_file_has_the_columns_of_the_list_and_the_problem(campaign: Campaign) -> None:
    listed = import_list(
        campaign, [make_row(), make_row("Galo; Ulloa", "099"), make_row("=1+1", "")]
    )
    headings, galo, formula = csv_rows(listed)

    assert headings[:5] == list(HEADINGS)
    assert len(headings) == 7
    assert (galo[0], galo[1], galo[5]) == ("Galo; Ulloa", "099", "3")
    assert galo[6]
    assert (formula[0], formula[5]) == ("'=1+1", "4")


def test_corrected_errors_file_is_imported(campaign: Campaign) -> None:
    listed = import_list(campaign, [make_row(), make_row("Galo Ulloa", "099")])
    corrected = csv_bytes(listed).replace(b";099;", b";0997654321;")

    again = run_next_step(confirm_list(check_list(upload_file(campaign, corrected))))

    assert (again.rows_new, again.rows_refused) == (1, 0)
    assert [patient.phone for patient in get_patients(campaign)] == [
        "+593991234567",
        "+593997654321",
    ]


def test_errors_file_has_all_rows_of_a_list_with_only_problems(campaign: Campaign) -> None:
    listed = import_list(campaign, [make_row(f"P{n}", "099") for n in range(2_300)])

    assert [int(line[5]) for line in csv_rows(listed)[1:]] == list(range(2, 2_302))


def test_errors_file_without_problems_has_only_headings(campaign: Campaign) -> None:
    assert len(csv_rows(import_list(campaign, [make_row()]))) == 1


def test_errors_file_of_a_list_without_headings_has_none(campaign: Campaign) -> None:
    content = as_csv([make_row("B", "0991111111"), make_row("C", "099")], headings=make_row())
    columns = {"name": "A", "phone": "B", "appointment_time": "D"}
    listed = check_list(upload_file(campaign, content), mapping=columns)

    assert [line[0] for line in csv_rows(listed)] == ["C"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_corrected_errors_file_gets_the_mapping_of_its_list(
    language: str, campaign: Campaign
) -> None:
    columns = {"phone": "Celular", "appointment_time": "Fecha y hora"}
    listed = import_list(
        campaign, [make_row(), make_row("Galo", "099")], mapping=columns, consent_words="Firmaron"
    )
    with translation.override(language):
        corrected = csv_bytes(listed)
    again = run_next_step(upload_file(campaign, corrected))

    with tenancy.within(campaign.workspace_id):
        assert column_suggestions.suggest_mapping(again)[0] == columns
        assert column_suggestions.remembered_consent_words(again) == "Firmaron"
