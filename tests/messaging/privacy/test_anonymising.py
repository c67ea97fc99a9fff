"""After the grace no column of any table identifies the person, and no figure has changed."""

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
from patients import erasure
from patients.addresses import hash_address
from patients.models import Import, ImportProblem, Patient, Suppression, SuppressionReason
from patients.suppressions import lift_suppression
from tests.concurrency import run_concurrently
from tests.factories import (
    ImportProblemFactory,
    IncomingWebhookFactory,
    MessageFactory,
    PatientFactory,
    WorkspaceFactory,
)
from tests.messaging.privacy.person import (
    EMAIL,
    HARMLESS_COLUMNS,
    IDENTIFYING_WORDS,
    NAME,
    PHONE,
    create_person_everywhere,
    find_columns_with,
    tables_of_patients,
    text_fields,
)
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

AFTER = timedelta(days=31)


def erase(*patients: Patient) -> None:
    with tenancy.within(patients[0].workspace_id):
        erasure.erase_patients(patients=patients, by=None)


def finish_erasures(workspace: Workspace, later: timedelta = AFTER) -> int:
    return anonymization.finish_erasures(workspace.pk, now=timezone.now() + later)


def reload(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def read_figures(workspace: Workspace) -> dict[str, Any]:
    """Return everything that dashboards count."""
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


def test_search_finds_the_person_in_every_text_column() -> None:
    create_person_everywhere()

    found = find_columns_with(IDENTIFYING_WORDS)
    expected = {
        f"{model._meta.db_table}.{field.column}"
        for model, _way in tables_of_patients()
        for field in text_fields(model)
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


def test_after_the_grace_no_column_identifies_the_person() -> None:
    """A new text column of a patient's rows is filled here, so anonymizing must empty it."""
    person = create_person_everywhere()
    token = person.patient.token
    erase(person.patient)

    assert finish_erasures(person.workspace) == 1

    assert find_columns_with([*IDENTIFYING_WORDS, token]) == {}


def test_harmless_columns_exist() -> None:
    columns = {
        f"{model._meta.db_table}.{field.column}"
        for model, _way in tables_of_patients()
        for field in model._meta.local_concrete_fields
    }

    assert HARMLESS_COLUMNS.keys() <= columns


def test_anonymizing_changes_no_figures() -> None:
    person = create_person_everywhere()
    erase(person.patient)
    before = read_figures(person.workspace)

    finish_erasures(person.workspace)

    assert read_figures(person.workspace) == before
    assert before["nps"] == {"rating__avg": 2.0, "pk__count": 1}


def test_other_people_in_the_same_lists_stay() -> None:
    person = create_person_everywhere()
    other = PatientFactory.create(workspace=person.workspace, name="Otra Persona")
    refused = ImportProblemFactory.create(
        workspace=person.workspace, source=person.source, cells=["Zenón Quispe", "0991112223"]
    )
    call = IncomingWebhookFactory.create(
        payload={"fields": {"From": "+593991112223"}}, processed_at=timezone.now()
    )
    before = other.token, other.phone, other.name
    erase(person.patient)
    finish_erasures(person.workspace)

    other = reload(other)
    assert (other.token, other.phone, other.name) == before
    with tenancy.platform("test"):
        assert ImportProblem.objects.get(pk=refused.pk).cells == refused.cells
        assert IncomingWebhook.objects.get().pk == call.pk
        [shown] = Import.objects.get(pk=person.source.pk).preview
        assert shown["name"] == "Otra Persona"


def test_before_the_end_of_the_grace_nothing_changes() -> None:
    person = create_person_everywhere()
    erase(person.patient)

    assert finish_erasures(person.workspace, timedelta(days=29)) == 0
    assert reload(person.patient).name == NAME


def test_second_run_changes_nothing() -> None:
    person = create_person_everywhere()
    erase(person.patient)
    finish_erasures(person.workspace)
    once = reload(person.patient)

    assert finish_erasures(person.workspace) == 0
    assert reload(person.patient).token == once.token


def test_killed_run_is_completed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people, each in a transaction of its own; the second transaction is killed."""
    campaign = running_campaign()
    patients = [create_patient(campaign, name=NAME) for _ in range(3)]
    for patient in patients:
        erase(patient)
    forget, killed = anonymization.anonymize_patients, iter([False, True])

    def anonymize_until_killed(*args: Any, **kwargs: Any) -> None:
        forget(*args, **kwargs)
        if next(killed):
            raise KeyboardInterrupt

    monkeypatch.setattr(anonymization, "BATCH_SIZE", 1)
    with monkeypatch.context() as meanwhile, pytest.raises(KeyboardInterrupt):
        meanwhile.setattr(anonymization, "anonymize_patients", anonymize_until_killed)
        finish_erasures(campaign.workspace)
    assert sorted(reload(patient).name for patient in patients) == ["", NAME, NAME]

    assert finish_erasures(campaign.workspace) == 2
    assert {reload(patient).name for patient in patients} == {""}


def test_patient_with_a_message_in_flight_is_not_anonymized() -> None:
    campaign = running_campaign()
    patient = create_patient(campaign)
    message = MessageFactory.create(
        workspace=campaign.workspace, patient=patient, status="UNKNOWN", attempt=1
    )
    erase(patient)

    assert finish_erasures(campaign.workspace) == 0
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(status="FAILED")
    assert finish_erasures(campaign.workspace) == 1


def test_old_failure_is_not_retried_after_anonymizing() -> None:
    campaign = running_campaign()
    patient = create_patient(campaign)
    message = MessageFactory.create(
        workspace=campaign.workspace, patient=patient, status="FAILED", error_code="30003"
    )
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(updated_at=timezone.now() - AFTER)
    erase(patient)
    finish_erasures(campaign.workspace)
    sweep_unsettled(now=timezone.now() + timedelta(hours=2))

    assert [one.status for one in find_messages()] == ["FAILED"]


def test_opt_out_of_an_anonymized_patient_stays_as_a_digest() -> None:
    workspace = WorkspaceFactory.create()
    patient = PatientFactory.create(workspace=workspace, phone=PHONE, email=EMAIL)
    erase(patient)
    finish_erasures(workspace)

    with tenancy.within(workspace.pk):
        kept = list(Suppression.objects.values_list("address", "digest", "reason"))
        assert sorted(kept) == sorted(
            ("", hash_address(address), SuppressionReason.ERASURE) for address in (PHONE, EMAIL)
        )
        assert not lift_suppression(workspace_id=workspace.pk, address=PHONE)


@pytest.mark.parametrize("address", [{"phone": PHONE}, {"email": EMAIL}])
def test_erased_address_that_comes_back_is_not_messaged(address: dict[str, Any]) -> None:
    """However it came: an import refuses it, and yet the claim does not rely on that."""
    sender = shared_sender()
    campaign = running_campaign()
    erase(create_patient(campaign, phone=PHONE, email=EMAIL))
    finish_erasures(campaign.workspace)
    back = create_patient(campaign, **address)
    MessageFactory.create(workspace=campaign.workspace, patient=back)

    assert claim_batch(sender=sender, limit=10) == []
    [kept] = find_messages()
    assert (kept.status, kept.error) == ("CANCELLED", "erased")


def test_stop_to_a_shared_number_stays_as_a_digest() -> None:
    sender = shared_sender()
    here, there = running_campaign(), running_campaign()
    with tenancy.platform("test"):
        stop_sender(sender=sender, address=PHONE, reason=SuppressionReason.REPLY)
    erase(create_patient(here, phone=PHONE))
    finish_erasures(here.workspace)
    MessageFactory.create(workspace=there.workspace, patient=create_patient(there, phone=PHONE))

    assert claim_batch(sender=sender, limit=10) == []
    with tenancy.platform("test"):
        stop_sender(sender=sender, address=PHONE, reason=SuppressionReason.REPLY)
        assert [one.address for one in SenderStop.objects.all()] == [hash_address(PHONE)]
        start_sender(sender=sender, address=PHONE)
        assert not SenderStop.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_runs_share_the_work() -> None:
    campaign = running_campaign()
    patients = [create_patient(campaign) for _ in range(6)]
    erase(*patients)
    workspace = campaign.workspace

    def run() -> int:
        done = finish_erasures(workspace)
        connection.close()
        return done

    assert sum(run_concurrently(run, run)) == 6
    assert all(reload(patient).anonymised_at for patient in patients)
