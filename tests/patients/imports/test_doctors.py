"""Different spellings of a doctor's name are stored as one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from patients.models import Doctor, Import
from patients.people.doctor_names import doctor_key, doctor_looks
from patients.upsert import SentRecord, upsert_patients
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, UserFactory
from tests.patients.imports.lists import (
    HEADINGS,
    as_csv,
    check_list,
    confirm_list,
    get_patients,
    make_row,
    run_next_step,
    upload_file,
)

pytestmark = pytest.mark.django_db

WITH_DOCTOR = (*HEADINGS, "Médico")
SPELLINGS = ["DRA MARIA LOPEZ", "Dra. María López", "doctora maria  lópez", "María López"]


def make_confirmed_import(campaign: Campaign, *names: str, since: int = 0) -> Import:
    rows = [
        [*make_row(f"Paciente {n}", f"099{n:07d}"), name]
        for n, name in enumerate(names, start=since)
    ]
    return confirm_list(check_list(upload_file(campaign, as_csv(rows, WITH_DOCTOR))))


def import_doctors(campaign: Campaign, *names: str, since: int = 0) -> None:
    run_next_step(make_confirmed_import(campaign, *names, since=since))


def names_in(campaign: Campaign) -> set[str]:
    return {one.doctor_name for one in get_patients(campaign)}


@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings_of_one_name_have_one_key(name: str) -> None:
    assert doctor_key(name) == "maria lopez"


def test_title_with_a_surname_alone_is_part_of_the_key() -> None:
    assert doctor_key("Dr. López") == doctor_key("DOCTOR LOPEZ") == "dr lopez"
    assert doctor_key("Dra. López") == "dra lopez"
    assert doctor_key("") == ""


def test_spelling_with_accents_and_capitals_scores_best() -> None:
    assert max(SPELLINGS, key=doctor_looks) == "Dra. María López"


def test_spellings_in_one_list_are_replaced_by_the_best() -> None:
    campaign = CampaignFactory.create()
    import_doctors(campaign, *SPELLINGS)

    assert names_in(campaign) == {"Dra. María López"}


def test_later_list_gets_the_stored_spelling() -> None:
    campaign = CampaignFactory.create()
    import_doctors(campaign, "Dra. María López")
    import_doctors(campaign, "DRA MARIA LOPEZ", "Dr. Juan Vera", since=10)

    assert names_in(campaign) == {"Dra. María López", "Dr. Juan Vera"}


def test_better_spelling_renames_earlier_patients() -> None:
    campaign = CampaignFactory.create()
    other = CampaignFactory.create()
    import_doctors(other, "DRA MARIA LOPEZ")
    import_doctors(campaign, "DRA MARIA LOPEZ")
    import_doctors(campaign, "Dra. María López", since=10)

    assert names_in(campaign) == {"Dra. María López"}
    assert names_in(other) == {"DRA MARIA LOPEZ"}


def test_patients_of_the_api_get_the_stored_spelling() -> None:
    campaign = CampaignFactory.create()
    import_doctors(campaign, "Dra. María López")
    values = {"phone": "0991234567", "appointment_time": timezone.now() - timedelta(hours=3)}
    with tenancy.within(campaign.workspace_id):
        by = UserFactory.create(workspace=campaign.workspace)
        for name in ("DRA MARIA LOPEZ", "dra maria lopez"):
            sent = [SentRecord(0, values | {"doctor_name": name})]
            upsert_patients(campaign=campaign, sent=sent, by=by, source="API")

    assert names_in(campaign) == {"Dra. María López"}


@pytest.mark.django_db(transaction=True)
def test_simultaneous_list_and_api_call_save_one_spelling() -> None:
    campaign = CampaignFactory.create()
    by = UserFactory.create(workspace=campaign.workspace)
    list_ready = make_confirmed_import(campaign, "Dra. Maria Lopez")
    values = {"phone": "0991234567", "appointment_time": timezone.now(), "has_consent": True}

    def send_by_program() -> None:
        with tenancy.within(campaign.workspace_id):
            sent = [SentRecord(0, values | {"doctor_name": "DRA. MARIA LOPEZ"})]
            upsert_patients(campaign=campaign, sent=sent, by=by, source="API")

    run_concurrently(lambda: run_next_step(list_ready), send_by_program)
    import_doctors(campaign, "Dra. María López", since=20)

    assert names_in(campaign) == {"Dra. María López"}
    with tenancy.within(campaign.workspace_id):
        assert Doctor.objects.count() == 1
