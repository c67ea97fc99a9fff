"""After the grace nobody is found in any column of any table, and the figures stand as before."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Avg, Count
from django.utils import timezone

from core import tenancy
from core.models import IncomingWebhook
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.sweeping import sweep_unsettled
from messaging.models import Feedback, InboundMessage, Message, SenderStop
from messaging.opt_outs import start_sender, stop_sender
from messaging.privacy import anonymization
from patients import consent, erasure
from patients.models import Import, ImportProblem, Patient, Suppression, SuppressionReason
from tests.at_once import at_once
from tests.factories import (
    ImportProblemFactory,
    IncomingWebhookFactory,
    MessageFactory,
    PatientFactory,
    WorkspaceFactory,
)
from tests.messaging.privacy.person import (
    CANNOT_TELL,
    EMAIL,
    GIVES_AWAY,
    NAME,
    PHONE,
    everywhere,
    fillable,
    found_in,
    tables_of_a_patient,
)
from tests.messaging.world import messages, running_campaign, seen, shared_sender
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

AFTER = timedelta(days=31)


def erase(*patients: Patient) -> None:
    with tenancy.within(patients[0].workspace_id):
        erasure.erase_patients(patients=patients, by=None)


def finish(workspace: Workspace, later: timedelta = AFTER) -> int:
    return anonymization.finish_erasures(workspace.pk, now=timezone.now() + later)


def fresh(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def figures(workspace: Workspace) -> dict[str, Any]:
    """What dashboards are made of."""
    with tenancy.within(workspace.pk):
        asks = Message.objects.within(workspace)
        return {
            "nps": asks.filter(rating__isnull=False).aggregate(Avg("rating"), Count("pk")),
            "messages": list(
                asks.order_by("pk").values_list(
                    *("pk", "type", "channel", "status", "rating", "segments", "error_code"),
                    *("sent_at", "delivered_at", "replied_at", "campaign", "patient", "updated_at"),
                )
            ),
            "visits": list(
                Patient.objects.within(workspace)
                .order_by("pk")
                .values_list(
                    *("campaign", "appointment_time", "appointment_type", "doctor_name"),
                    *("preferred_channel", "asked_at", "review_clicks", "opted_out_at"),
                )
            ),
            "feedback": list(Feedback.objects.order_by("pk").values_list("rating", "status")),
            "answers": list(InboundMessage.objects.order_by("pk").values_list("intent", "rating")),
        }


def test_the_search_finds_a_person_wherever_they_are() -> None:
    everywhere()

    found = found_in(GIVES_AWAY)
    expected = {
        f"{model._meta.db_table}.{field.column}"
        for model, _way in tables_of_a_patient()
        for field in fillable(model)
    }
    assert expected
    assert expected <= found.keys()
    assert {
        *("patients_patient.name", "patients_patient.phone", "patients_patient.email"),
        *("patients_importproblem.cells", "patients_import.preview", "patients_import.survey"),
        *("patients_suppression.address", "patients_suppression.note"),
        *("messaging_senderstop.address", "core_incomingwebhook.payload"),
        *("messaging_message.external_id", "messaging_inboundmessage.external_id"),
    } <= found.keys()


def test_after_the_grace_no_column_of_no_table_knows_the_person() -> None:
    """Whoever adds a column to a patient's rows finds it filled here, and has to empty it."""
    held = everywhere()
    token = held.patient.token
    erase(held.patient)

    assert finish(held.workspace) == 1

    assert found_in([*GIVES_AWAY, token]) == {}


def test_columns_that_cannot_tell_are_columns() -> None:
    columns = {
        f"{model._meta.db_table}.{field.column}"
        for model, _way in tables_of_a_patient()
        for field in model._meta.local_concrete_fields
    }

    assert CANNOT_TELL.keys() <= columns


def test_what_was_learned_from_the_visit_stays() -> None:
    held = everywhere()
    erase(held.patient)
    before = figures(held.workspace)

    finish(held.workspace)

    assert figures(held.workspace) == before
    assert before["nps"] == {"rating__avg": 2.0, "pk__count": 1}


def test_others_in_the_same_lists_stay() -> None:
    held = everywhere()
    other = PatientFactory.create(workspace=held.workspace, name="Otra Persona")
    refused = ImportProblemFactory.create(
        workspace=held.workspace, source=held.listed, cells=["Zenón Quispe", "0991112223"]
    )
    call = IncomingWebhookFactory.create(
        payload={"fields": {"From": "+593991112223"}}, processed_at=timezone.now()
    )
    before = other.token, other.phone, other.name
    erase(held.patient)
    finish(held.workspace)

    other = fresh(other)
    assert (other.token, other.phone, other.name) == before
    with tenancy.platform("test"):
        assert ImportProblem.objects.get(pk=refused.pk).cells == refused.cells
        assert IncomingWebhook.objects.get().pk == call.pk
        [shown] = Import.objects.get(pk=held.listed.pk).preview
        assert shown["name"] == "Otra Persona"


def test_before_the_grace_is_over_nothing_is_lost() -> None:
    held = everywhere()
    erase(held.patient)

    assert finish(held.workspace, timedelta(days=29)) == 0
    assert fresh(held.patient).name == NAME


def test_a_second_time_changes_nothing() -> None:
    held = everywhere()
    erase(held.patient)
    finish(held.workspace)
    once = fresh(held.patient)

    assert finish(held.workspace) == 0
    assert fresh(held.patient).token == once.token


def test_a_kill_half_way_loses_nothing_and_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people, a transaction for each; the second is killed as it forgets."""
    campaign = running_campaign()
    patients = [seen(campaign, name=NAME) for _ in range(3)]
    for patient in patients:
        erase(patient)
    forget, killed = anonymization.forget, iter([False, True])

    def forget_until_killed(*args: Any, **kwargs: Any) -> None:
        forget(*args, **kwargs)
        if next(killed):
            raise KeyboardInterrupt

    monkeypatch.setattr(anonymization, "AT_ONCE", 1)
    with monkeypatch.context() as meanwhile, pytest.raises(KeyboardInterrupt):
        meanwhile.setattr(anonymization, "forget", forget_until_killed)
        finish(campaign.workspace)
    assert sorted(fresh(patient).name for patient in patients) == ["", NAME, NAME]

    assert finish(campaign.workspace) == 2
    assert {fresh(patient).name for patient in patients} == {""}


def test_nobody_is_forgotten_while_a_message_is_on_its_way() -> None:
    campaign = running_campaign()
    patient = seen(campaign)
    message = MessageFactory.create(
        workspace=campaign.workspace, patient=patient, status="UNKNOWN", attempt=1
    )
    erase(patient)

    assert finish(campaign.workspace) == 0
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(status="FAILED")
    assert finish(campaign.workspace) == 1


def test_what_failed_long_ago_is_not_tried_again_because_it_was_emptied() -> None:
    campaign = running_campaign()
    patient = seen(campaign)
    message = MessageFactory.create(
        workspace=campaign.workspace, patient=patient, status="FAILED", error_code="30003"
    )
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(updated_at=timezone.now() - AFTER)
    erase(patient)
    finish(campaign.workspace)
    sweep_unsettled(now=timezone.now() + timedelta(hours=2))

    assert [one.status for one in messages()] == ["FAILED"]


def test_an_opt_out_of_somebody_forgotten_holds_as_a_digest() -> None:
    workspace = WorkspaceFactory.create()
    patient = PatientFactory.create(workspace=workspace, phone=PHONE, email=EMAIL)
    erase(patient)
    finish(workspace)

    with tenancy.within(workspace.pk):
        kept = list(Suppression.objects.values_list("address", "digest", "reason"))
        assert sorted(kept) == sorted(
            ("", consent.hash_address(address), SuppressionReason.ERASURE)
            for address in (PHONE, EMAIL)
        )
        assert not consent.lift_suppression(workspace_id=workspace.pk, address=PHONE)


@pytest.mark.parametrize("address", [{"phone": PHONE}, {"email": EMAIL}])
def test_an_address_that_comes_back_is_not_written_to(address: dict[str, Any]) -> None:
    """However it came: an import refuses it, and yet the claim does not rely on that."""
    sender = shared_sender()
    campaign = running_campaign()
    erase(seen(campaign, phone=PHONE, email=EMAIL))
    finish(campaign.workspace)
    back = seen(campaign, **address)
    MessageFactory.create(workspace=campaign.workspace, patient=back)

    assert claim_batch(sender=sender, limit=10) == []
    [kept] = messages()
    assert (kept.status, kept.error) == ("CANCELLED", "erased")


def test_a_stop_to_a_shared_number_holds_without_the_number() -> None:
    sender = shared_sender()
    here, there = running_campaign(), running_campaign()
    with tenancy.platform("test"):
        stop_sender(sender=sender, address=PHONE, reason=SuppressionReason.REPLY)
    erase(seen(here, phone=PHONE))
    finish(here.workspace)
    MessageFactory.create(workspace=there.workspace, patient=seen(there, phone=PHONE))

    assert claim_batch(sender=sender, limit=10) == []
    with tenancy.platform("test"):
        stop_sender(sender=sender, address=PHONE, reason=SuppressionReason.REPLY)
        assert [one.address for one in SenderStop.objects.all()] == [consent.hash_address(PHONE)]
        start_sender(sender=sender, address=PHONE)
        assert not SenderStop.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_share_the_work_and_wait_for_nobody() -> None:
    campaign = running_campaign()
    patients = [seen(campaign) for _ in range(6)]
    erase(*patients)
    workspace = campaign.workspace

    def both() -> int:
        done = finish(workspace)
        connection.close()
        return done

    assert sum(at_once(both, both)) == 6
    assert all(fresh(patient).anonymised_at for patient in patients)
