"""Appointments that a list calls cancelled or missed, rows with one good address, and the undo."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from patients.imports import errors_file, undo
from patients.models import Import, Patient
from patients.standing import standing_of
from patients.states import state_of
from patients.upsert import SentRecord, upsert_patients
from tests.factories import UserFactory, WorkspaceFactory
from tests.messaging.world import find_messages, running_campaign, shared_sender
from tests.patients.imports.lists import (
    HEADINGS,
    as_csv,
    check_list,
    confirm_list,
    get_patients,
    get_problems,
    get_visit_time,
    make_row,
    run_next_step,
    upload_file,
    uploader_of,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

WITH_STATUS = (*HEADINGS, "Estado")


def clinic(**fields: int) -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(**{"undo_minutes": 0} | fields)
    return workspace


def check_rows(campaign: Campaign, *rows: list[str]) -> Import:
    return check_list(upload_file(campaign, as_csv(rows, WITH_STATUS)))


def import_rows(campaign: Campaign, *rows: list[str]) -> Import:
    return run_next_step(confirm_list(check_rows(campaign, *rows)))


def test_cancelled_and_missed_appointments_are_not_asked() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    listed = import_rows(
        campaign,
        [*make_row("Ana", "0991234567"), "Cancelada"],
        [*make_row("Eva", "0991234568"), "No asistió"],
        [*make_row("Luz", "0991234569"), "Atendida"],
        [*make_row("Ivo", "0991234570"), "Zeta"],
    )

    assert (listed.rows_new, listed.will_be_asked) == (4, 2)
    assert listed.forecast == {"did_not_happen": 2}
    assert {(one["words"], one["status"]) for one in listed.statuses} == {
        ("Cancelada", "did_not_happen"),
        ("No asistió", "did_not_happen"),
        ("Atendida", "happened"),
        ("Zeta", "unknown"),
    }
    assert plan_messages() == 2
    by_name = {one.name: one for one in get_patients(campaign)}
    assert {name for name, one in by_name.items() if one.asked_at} == {"Luz", "Ivo"}
    held = by_name["Ana"]
    with tenancy.within(held.workspace_id):
        assert standing_of(held).reason == "did_not_happen"
        assert state_of(held, timezone.now()) == "did_not_happen"
        waiting = Patient.objects.within(held.workspace_id).in_state("waiting", timezone.now())
        assert not waiting.exists()


def test_later_list_with_attended_makes_the_patient_asked() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    seen = make_row("Ana", "0991234567")
    import_rows(campaign, [*seen, "Cancelada"], [*make_row("Eva", "0991234568"), "Atendida"])
    plan_messages()
    listed = import_rows(campaign, [*seen, "Atendida"])

    assert (listed.rows_new, listed.rows_known, listed.rows_changed) == (0, 1, 1)
    assert (listed.will_be_asked, listed.asked_anyway) == (1, 0)
    assert plan_messages() == 1


def test_later_list_with_cancelled_keeps_a_waiting_patient_from_being_asked() -> None:
    sender = shared_sender()
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    seen = make_row("Ana", "0991234567")
    import_rows(campaign, [*seen, "Confirmada"])
    assert plan_messages() == 1
    listed = import_rows(campaign, [*seen, "Cancelada"])

    assert listed.rows_changed == 1
    assert claim_batch(sender=sender, limit=5) == []
    assert find_messages() == []
    assert plan_messages() == 0
    import_rows(campaign, [*seen, "Atendida"])
    assert plan_messages() == 1


def test_list_with_an_unknown_status_keeps_the_stored_one() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    seen = make_row("Ana", "0991234567")
    import_rows(campaign, [*seen, "Cancelada"])
    listed = import_rows(
        campaign, [*seen, "Pendiente"], [*make_row("Eva", "0991234568"), "Atendida"]
    )

    assert listed.rows_changed == 0
    assert plan_messages() == 1


def test_api_call_sets_did_not_happen() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    by = UserFactory.create(workspace=campaign.workspace)
    values = {
        "phone": "0991234567",
        "appointment_time": timezone.now() - timedelta(hours=3),
        "has_consent": True,
    }
    with tenancy.within(campaign.workspace_id):
        said = [True, False]
        reasons = [
            upsert_patients(
                campaign=campaign,
                sent=[SentRecord(0, values | {"did_not_happen": one})],
                by=by,
                source="API",
            )[0].reason
            for one in said
        ]

    assert reasons == ["did_not_happen", None]
    assert plan_messages() == 1


def test_row_with_one_good_address_is_accepted_with_a_warning() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    listed = import_rows(
        campaign,
        [*make_row("Ana", "09876", email="ana@correo.ec"), ""],
        [*make_row("Eva", "0991234568", email="eva@correo"), "Atendida"],
    )

    assert (listed.rows_new, listed.rows_refused, listed.rows_warned) == (2, 0, 2)
    assert [(one.row_number, one.reason, one.is_warning) for one in get_problems(listed)] == [
        (2, "phone_unused", True),
        (3, "email_unused", True),
    ]
    assert [(one.phone, one.email) for one in get_patients(campaign)] == [
        ("", "ana@correo.ec"),
        ("+593991234568", ""),
    ]
    with tenancy.within(listed.workspace_id):
        told = b"".join(errors_file.csv_chunks(listed)).decode()
    assert "“09876”" in told
    assert "“eva@correo”" in told


def test_corrected_phone_of_a_row_with_warning_updates_the_patient() -> None:
    campaign = running_campaign(clinic(), scheduled_hours_after=0)
    at = get_visit_time(hours_ago=2)
    import_rows(campaign, [*make_row("Ana", "09876", email="ana@correo.ec", at=at), "Atendida"])
    corrected = make_row("Ana", "0991234567", email="ana@correo.ec", at=at)
    listed = import_rows(campaign, [*corrected, "Atendida"])

    assert (listed.rows_new, listed.rows_known) == (0, 1)


def test_patients_of_a_new_list_are_not_asked_before_the_undo_time_ends() -> None:
    campaign = running_campaign(clinic(undo_minutes=5), scheduled_hours_after=0)
    listed = import_rows(campaign, [*make_row(), "Atendida"])

    assert plan_messages() == 0
    assert listed.started_at
    assert listed.first_ask_at
    assert listed.first_ask_at == listed.started_at + timedelta(minutes=5)
    with tenancy.within(listed.workspace_id):
        [patient] = get_patients(campaign)
        assert standing_of(patient).ask_at == listed.first_ask_at
    assert plan_messages(now=listed.first_ask_at - timedelta(seconds=1)) == 0
    assert plan_messages(now=listed.first_ask_at) == 1


def test_new_list_of_people_who_are_due_can_be_taken_back() -> None:
    campaign = running_campaign(clinic(undo_minutes=5), scheduled_hours_after=0)
    listed = import_rows(campaign, [*make_row(), "Atendida"])
    plan_messages()
    with tenancy.within(listed.workspace_id):
        assert undo.take_back(listed=listed, by=uploader_of(listed)) == 1


def test_patient_of_the_api_is_asked_without_an_undo_time() -> None:
    campaign = running_campaign(clinic(undo_minutes=5), scheduled_hours_after=0)
    with tenancy.within(campaign.workspace_id):
        at = timezone.now() - timedelta(hours=3)
        values = {"phone": "0991234567", "appointment_time": at, "has_consent": True}
        by = UserFactory.create(workspace=campaign.workspace)
        upsert_patients(campaign=campaign, sent=[SentRecord(0, values)], by=by, source="API")

    assert plan_messages() == 1


def test_list_sent_again_asks_nobody_twice() -> None:
    campaign = running_campaign(clinic(undo_minutes=60), scheduled_hours_after=0)
    rows = [
        [*make_row("Ana", "0991234567"), "Atendida"],
        [*make_row("Eva", "0991234568"), "Atendida"],
    ]
    import_rows(campaign, *rows)
    listed = check_rows(campaign, *rows)

    assert (listed.rows_new, listed.rows_known, listed.rows_changed) == (0, 2, 0)
    assert (listed.will_be_asked, listed.asked_anyway) == (2, 2)
