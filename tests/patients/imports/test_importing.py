"""Lists from upload to patients: what is saved, refused and forecast."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from patients.addresses import hash_address
from patients.imports import progress
from patients.imports.progress import Progress
from patients.models import Import, ImportStatus, Suppression, SuppressionReason
from patients.suppressions import suppress_address
from tests.factories import CampaignFactory, PatientFactory, SuppressionFactory
from tests.patients.imports.lists import (
    check_list,
    choose_columns,
    confirm_list,
    get_patients,
    get_problems,
    get_visit_time,
    import_list,
    make_row,
    make_rows,
    run_next_step,
    upload_list,
)

pytestmark = pytest.mark.django_db

ANA, ANAS = "0991234567", "+593991234567"


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def suppress(campaign: Campaign, address: str, reason: str = SuppressionReason.REPLY) -> None:
    with tenancy.within(campaign.workspace_id):
        suppress_address(
            workspace_id=campaign.workspace_id, address=address, reason=SuppressionReason(reason)
        )


def audit_actions(campaign: Campaign) -> list[str]:
    with tenancy.within(campaign.workspace_id):
        events = AuditEvent.objects.within(campaign.workspace_id).order_by("id")
        return list(events.values_list("action", flat=True))


def test_list_is_surveyed_checked_and_imported(campaign: Campaign) -> None:
    listed = upload_list(campaign, make_rows(3))
    assert listed.status == ImportStatus.UPLOADED

    listed = run_next_step(listed)
    assert (listed.status, listed.rows_total) == (ImportStatus.SURVEYED, 3)

    listed = run_next_step(choose_columns(listed))
    assert (listed.status, listed.rows_new, listed.will_be_asked) == (ImportStatus.CHECKED, 3, 3)
    assert get_patients(campaign) == []

    listed = run_next_step(confirm_list(listed))
    assert (listed.status, listed.rows_new) == (ImportStatus.DONE, 3)
    names = [patient.name for patient in get_patients(campaign)]
    assert names == ["Paciente 0", "Paciente 1", "Paciente 2"]
    assert audit_actions(campaign) == [
        "import.upload",
        "import.columns",
        "import.confirm",
        "import.done",
    ]


def test_consent_column_is_stored_as_evidence(campaign: Campaign) -> None:
    listed = import_list(
        campaign, [make_row(consent="Acepto"), make_row("Luis", "0991234568", consent="")]
    )
    ana, luis = get_patients(campaign)

    assert ana.has_consent
    assert ana.consent_at
    assert ana.consent_words == "Autoriza: Acepto"
    assert ana.consent_by == listed.uploaded_by_name
    assert (ana.source_id, ana.row_number) == (listed.pk, 2)
    assert (luis.has_consent, luis.consent_at, luis.consent_by) == (False, None, "")


def test_declared_consent_is_stored_with_its_words(campaign: Campaign) -> None:
    words = "Firmaron la hoja de admisión"
    listed = check_list(
        upload_list(campaign, [make_row()]),
        mapping={"name": "Paciente", "phone": "Celular", "appointment_time": "Fecha y hora"},
        consent_words=words,
    )
    run_next_step(confirm_list(listed))

    assert [patient.consent_words for patient in get_patients(campaign)] == [words]


def test_same_file_imported_again_changes_nothing(campaign: Campaign) -> None:
    rows = [*make_rows(3), make_row("Eva", "", email="eva@example.com")]
    import_list(campaign, rows)
    before = [vars(patient) | {"_state": None} for patient in get_patients(campaign)]

    again = import_list(campaign, rows)

    assert (again.status, again.rows_new, again.rows_known) == (ImportStatus.DONE, 0, 4)
    assert [vars(patient) | {"_state": None} for patient in get_patients(campaign)] == before


def test_repeated_row_is_saved_once(campaign: Campaign) -> None:
    listed = import_list(campaign, [make_row(), make_row("Ana otra vez", "+593 99 123 4567")])

    assert (listed.rows_new, listed.rows_known) == (1, 1)
    assert [patient.name for patient in get_patients(campaign)] == ["Ana Paz"]
    assert listed.preview[1]["reason"] == "repeated"


def test_bad_row_is_refused_and_good_rows_are_saved(campaign: Campaign) -> None:
    listed = import_list(campaign, [make_row(), ["Galo", "099", "", "mañana", "sí"], *make_rows(2)])

    assert (listed.rows_new, listed.rows_refused) == (3, 1)
    [problem] = get_problems(listed)
    assert (problem.row_number, problem.cells) == (3, ["Galo", "099", "", "mañana", "sí"])


def test_every_row_is_counted_once(campaign: Campaign) -> None:
    suppress(campaign, "+593991111111")
    suppress(campaign, "+593992222222", SuppressionReason.UNREACHABLE)
    listed = import_list(
        campaign,
        [
            make_row(),
            make_row(),
            make_row("B", "0991111111"),
            make_row("C", "0992222222"),
            make_row("D", "0993333333", consent="no"),
            make_row("E", "0994444444", at=timezone.now() - timedelta(days=10)),
            make_row("F", "99"),
        ],
    )
    reasons = [told["reason"] for told in listed.preview]

    assert reasons == [
        *(None, "repeated", "opted_out", "number_dead", "no_consent", "too_old", "phone_invalid")
    ]
    assert listed.forecast == {reason: 1 for reason in reasons if reason}
    assert listed.will_be_asked + sum(listed.forecast.values()) == listed.rows_read == 7


@pytest.mark.parametrize("words", ["sí", "no"])
def test_opted_out_person_on_a_new_list_stays_opted_out(words: str, campaign: Campaign) -> None:
    suppress(campaign, ANAS)
    import_list(campaign, [make_row(phone=ANA, consent=words)])

    [ana] = get_patients(campaign)
    assert ana.opted_out_at
    with tenancy.within(campaign.workspace_id):
        assert Suppression.objects.within(campaign.workspace_id).count() == 1


def test_person_opted_out_by_email_is_not_asked_by_phone(campaign: Campaign) -> None:
    suppress(campaign, "ana@example.com")
    listed = import_list(campaign, [make_row(email="Ana@Example.com")])

    assert listed.forecast == {"opted_out": 1}


@pytest.mark.parametrize("address", [ANAS, ""], ids=["within the grace", "digest alone"])
def test_erased_person_is_refused_and_not_shown(address: str, campaign: Campaign) -> None:
    SuppressionFactory.create(
        workspace=campaign.workspace,
        address=address,
        digest=hash_address(ANAS),
        reason=SuppressionReason.ERASURE,
    )
    listed = import_list(campaign, [make_row(phone=ANA), make_row("Luis", "0991234568")])

    assert (listed.rows_refused, listed.rows_new) == (1, 1)
    assert [patient.name for patient in get_patients(campaign)] == ["Luis"]
    [problem] = get_problems(listed)
    assert (problem.reason, problem.cells) == ("erased", [])
    assert "Ana" not in str(listed.preview)
    assert "1234567'" not in str(listed.preview)


def test_person_erased_in_another_workspace_is_imported(campaign: Campaign) -> None:
    SuppressionFactory.create(digest=hash_address(ANAS), address="", reason="ERASURE")
    listed = import_list(campaign, [make_row(phone=ANA)])

    assert listed.rows_new == 1


def test_known_patient_is_forecast_by_its_stored_data(campaign: Campaign) -> None:
    at = get_visit_time()
    known: dict[str, Any] = {
        "campaign": campaign,
        "workspace": campaign.workspace,
        "appointment_time": at,
    }
    PatientFactory.create(**known, phone="+593991111111", has_consent=False, consent_at=None)
    PatientFactory.create(**known, phone="+593992222222", asked_at=timezone.now())
    PatientFactory.create(**known, phone="+593993333333")
    listed = import_list(
        campaign, [make_row(f"P{n}", f"099{str(n) * 7}", at=at) for n in (1, 2, 3)]
    )

    assert listed.rows_known == 3
    assert [told["reason"] for told in listed.preview] == ["no_consent", "asked_lately", None]


def test_list_of_a_campaign_that_ended_fails(campaign: Campaign) -> None:
    listed = confirm_list(check_list(upload_list(campaign, make_rows(2))))
    with tenancy.within(campaign.workspace_id):
        type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.CANCELLED)

    listed = run_next_step(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "campaign_ended")
    assert get_patients(campaign) == []


def test_campaign_that_ends_during_the_run_gets_no_patients(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = confirm_list(check_list(upload_list(campaign, make_rows(2))))
    store = progress.store

    def store_and_end(listed: Import, told: Progress) -> None:
        store(listed, told)
        type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.CANCELLED)

    monkeypatch.setattr(progress, "store", store_and_end)
    listed = run_next_step(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "campaign_ended")
    assert get_patients(campaign) == []


def test_preview_uses_the_time_zone_of_the_practice(campaign: Campaign) -> None:
    at = get_visit_time()
    listed = import_list(campaign, [make_row(at=at)])
    [told] = listed.preview

    assert told["appointment_time"] == timezone.localtime(at).isoformat()
    assert told["appointment_time"].endswith("-05:00")


def test_check_has_the_first_and_the_last_ask_time(campaign: Campaign) -> None:
    tomorrow = timezone.localtime().replace(hour=10, minute=0, second=0) + timedelta(days=1)
    listed = check_list(
        upload_list(
            campaign,
            [make_row(at=tomorrow), make_row("B", "0991111111", at=tomorrow + timedelta(days=2))],
        )
    )

    assert listed.first_ask_at
    assert listed.last_ask_at
    assert timezone.localtime(listed.first_ask_at).hour == 12
    assert listed.last_ask_at - listed.first_ask_at == timedelta(days=2)


def test_list_longer_than_a_batch_is_imported_whole(campaign: Campaign) -> None:
    listed = import_list(campaign, make_rows(4_500))

    assert (listed.rows_new, len(get_patients(campaign))) == (4_500, 4_500)
    assert len({patient.token for patient in get_patients(campaign)}) == 4_500
