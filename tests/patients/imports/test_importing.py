"""A list's whole way: what comes in, what does not, and what is told about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from patients import consent
from patients.imports import progress
from patients.imports.progress import Progress
from patients.models import Import, ImportStatus, Suppression, SuppressionReason
from tests.factories import CampaignFactory, PatientFactory, SuppressionFactory
from tests.patients.imports.lists import (
    advanced,
    checked,
    chosen,
    confirmed,
    imported,
    patients,
    people,
    problems,
    row,
    uploaded,
)

pytestmark = pytest.mark.django_db

ANA, ANAS = "0991234567", "+593991234567"


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def suppress(campaign: Campaign, address: str, reason: str = SuppressionReason.REPLY) -> None:
    with tenancy.within(campaign.workspace_id):
        consent.suppress_address(
            workspace_id=campaign.workspace_id, address=address, reason=SuppressionReason(reason)
        )


def acts(campaign: Campaign) -> list[str]:
    with tenancy.within(campaign.workspace_id):
        events = AuditEvent.objects.within(campaign.workspace_id).order_by("id")
        return list(events.values_list("action", flat=True))


def test_a_list_goes_from_file_to_patients_in_three_steps(campaign: Campaign) -> None:
    listed = uploaded(campaign, people(3))
    assert listed.status == ImportStatus.UPLOADED

    listed = advanced(listed)
    assert (listed.status, listed.rows_total) == (ImportStatus.SURVEYED, 3)

    listed = advanced(chosen(listed))
    assert (listed.status, listed.rows_new, listed.will_be_asked) == (ImportStatus.CHECKED, 3, 3)
    assert patients(campaign) == []

    listed = advanced(confirmed(listed))
    assert (listed.status, listed.rows_new) == (ImportStatus.DONE, 3)
    names = [patient.name for patient in patients(campaign)]
    assert names == ["Paciente 0", "Paciente 1", "Paciente 2"]
    assert acts(campaign) == ["import.upload", "import.columns", "import.confirm", "import.done"]


def test_who_agreed_leaves_the_evidence(campaign: Campaign) -> None:
    listed = imported(campaign, [row(consent="Acepto"), row("Luis", "0991234568", consent="")])
    ana, luis = patients(campaign)

    assert ana.has_consent
    assert ana.consent_at
    assert ana.consent_words == "Autoriza: Acepto"
    assert ana.consent_by == listed.uploaded_by_name
    assert (ana.source_id, ana.row_number) == (listed.pk, 2)
    assert (luis.has_consent, luis.consent_at, luis.consent_by) == (False, None, "")


def test_consent_that_was_declared_for_everyone_is_kept_in_those_words(campaign: Campaign) -> None:
    words = "Firmaron la hoja de admisión"
    listed = checked(
        uploaded(campaign, [row()]),
        mapping={"name": "Paciente", "phone": "Celular", "appointment_time": "Fecha y hora"},
        consent_words=words,
    )
    advanced(confirmed(listed))

    assert [patient.consent_words for patient in patients(campaign)] == [words]


def test_the_same_file_again_changes_nothing(campaign: Campaign) -> None:
    rows = [*people(3), row("Eva", "", email="eva@example.com")]
    imported(campaign, rows)
    before = [vars(patient) | {"_state": None} for patient in patients(campaign)]

    again = imported(campaign, rows)

    assert (again.status, again.rows_new, again.rows_known) == (ImportStatus.DONE, 0, 4)
    assert [vars(patient) | {"_state": None} for patient in patients(campaign)] == before


def test_a_row_that_stands_twice_counts_once(campaign: Campaign) -> None:
    listed = imported(campaign, [row(), row("Ana otra vez", "+593 99 123 4567")])

    assert (listed.rows_new, listed.rows_known) == (1, 1)
    assert [patient.name for patient in patients(campaign)] == ["Ana Paz"]
    assert listed.preview[1]["reason"] == "repeated"


def test_one_bad_row_never_stops_the_good_ones(campaign: Campaign) -> None:
    listed = imported(campaign, [row(), ["Galo", "099", "", "mañana", "sí"], *people(2)])

    assert (listed.rows_new, listed.rows_refused) == (3, 1)
    [problem] = problems(listed)
    assert (problem.row_number, problem.cells) == (3, ["Galo", "099", "", "mañana", "sí"])


def test_every_row_is_told_once(campaign: Campaign) -> None:
    suppress(campaign, "+593991111111")
    suppress(campaign, "+593992222222", SuppressionReason.UNREACHABLE)
    listed = imported(
        campaign,
        [
            row(),
            row(),
            row("B", "0991111111"),
            row("C", "0992222222"),
            row("D", "0993333333", consent="no"),
            row("E", "0994444444", at=timezone.now() - timedelta(days=10)),
            row("F", "99"),
        ],
    )
    reasons = [told["reason"] for told in listed.preview]

    assert reasons == [
        *(None, "repeated", "opted_out", "number_dead", "no_consent", "too_old", "phone_invalid")
    ]
    assert listed.forecast == {reason: 1 for reason in reasons if reason}
    assert listed.will_be_asked + sum(listed.forecast.values()) == listed.rows_read == 7


@pytest.mark.parametrize("words", ["sí", "no"])
def test_a_list_never_brings_back_who_left(words: str, campaign: Campaign) -> None:
    suppress(campaign, ANAS)
    imported(campaign, [row(phone=ANA, consent=words)])

    [ana] = patients(campaign)
    assert ana.opted_out_at
    with tenancy.within(campaign.workspace_id):
        assert Suppression.objects.within(campaign.workspace_id).count() == 1


def test_who_left_by_e_mail_is_not_asked_by_phone(campaign: Campaign) -> None:
    suppress(campaign, "ana@example.com")
    listed = imported(campaign, [row(email="Ana@Example.com")])

    assert listed.forecast == {"opted_out": 1}


@pytest.mark.parametrize("address", [ANAS, ""], ids=["within the grace", "digest alone"])
def test_who_was_erased_is_refused_and_not_shown(address: str, campaign: Campaign) -> None:
    SuppressionFactory.create(
        workspace=campaign.workspace,
        address=address,
        digest=consent.hash_address(ANAS),
        reason=SuppressionReason.ERASURE,
    )
    listed = imported(campaign, [row(phone=ANA), row("Luis", "0991234568")])

    assert (listed.rows_refused, listed.rows_new) == (1, 1)
    assert [patient.name for patient in patients(campaign)] == ["Luis"]
    [problem] = problems(listed)
    assert (problem.reason, problem.cells) == ("erased", [])
    assert "Ana" not in str(listed.preview)
    assert "1234567'" not in str(listed.preview)


def test_who_was_erased_elsewhere_is_somebody_else_here(campaign: Campaign) -> None:
    SuppressionFactory.create(digest=consent.hash_address(ANAS), address="", reason="ERASURE")
    listed = imported(campaign, [row(phone=ANA)])

    assert listed.rows_new == 1


def test_what_is_known_is_judged_by_what_is_there(campaign: Campaign) -> None:
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    known: dict[str, Any] = {
        "campaign": campaign,
        "workspace": campaign.workspace,
        "appointment_time": at,
    }
    PatientFactory.create(**known, phone="+593991111111", has_consent=False, consent_at=None)
    PatientFactory.create(**known, phone="+593992222222", asked_at=timezone.now())
    PatientFactory.create(**known, phone="+593993333333")
    listed = imported(campaign, [row(f"P{n}", f"099{str(n) * 7}", at=at) for n in (1, 2, 3)])

    assert listed.rows_known == 3
    assert [told["reason"] for told in listed.preview] == ["no_consent", "asked_lately", None]


def test_a_campaign_that_ended_meanwhile_takes_nothing(campaign: Campaign) -> None:
    listed = confirmed(checked(uploaded(campaign, people(2))))
    with tenancy.within(campaign.workspace_id):
        type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.CANCELLED)

    listed = advanced(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "campaign_ended")
    assert patients(campaign) == []


def test_a_campaign_that_ends_while_its_list_is_read_takes_nothing(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = confirmed(checked(uploaded(campaign, people(2))))
    tell = progress.store

    def tell_and_end(listed: Import, told: Progress) -> None:
        tell(listed, told)
        type(campaign).objects.filter(pk=campaign.pk).update(status=CampaignStatus.CANCELLED)

    monkeypatch.setattr(progress, "tell", tell_and_end)
    listed = advanced(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "campaign_ended")
    assert patients(campaign) == []


def test_the_preview_is_in_the_time_of_the_practice(campaign: Campaign) -> None:
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    listed = imported(campaign, [row(at=at)])
    [told] = listed.preview

    assert told["appointment_time"] == timezone.localtime(at).isoformat()
    assert told["appointment_time"].endswith("-05:00")


def test_the_check_tells_when_the_first_and_the_last_are_asked(campaign: Campaign) -> None:
    tomorrow = timezone.localtime().replace(hour=10, minute=0, second=0) + timedelta(days=1)
    listed = checked(
        uploaded(
            campaign,
            [row(at=tomorrow), row("B", "0991111111", at=tomorrow + timedelta(days=2))],
        )
    )

    assert listed.first_ask_at
    assert listed.last_ask_at
    assert timezone.localtime(listed.first_ask_at).hour == 12
    assert listed.last_ask_at - listed.first_ask_at == timedelta(days=2)


def test_more_than_a_batch_comes_in_whole(campaign: Campaign) -> None:
    listed = imported(campaign, people(4_500))

    assert (listed.rows_new, len(patients(campaign))) == (4_500, 4_500)
    assert len({patient.token for patient in patients(campaign)}) == 4_500
