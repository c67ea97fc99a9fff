"""Nothing is sent to an erased person: checked with the real dispatcher and a counting provider."""

import time
from threading import Thread

import pytest
from django.db import connection
from django.test import Client

from core import tenancy
from messaging.dispatch import claiming
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from patients import erasure
from patients.models import Patient
from tests.concurrency import run_concurrently
from tests.dev.doubles.simulation import Simulation
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db(transaction=True)


def erase(patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        erasure.erase_patients(patients=[patient], by=None)


def restore(patient: Patient) -> None:
    with tenancy.within(patient.workspace_id):
        erasure.restore_patients(patients=[patient], by=None)


def test_waiting_message_is_not_sent_after_erasure(simulator: Simulation) -> None:
    shared_sender()
    campaign = running_campaign()
    erased, stays = create_patient(campaign), create_patient(campaign)
    plan_messages()
    erase(erased)
    run_dispatch()

    assert [told["to"] for told in simulator.told()] == [stays.phone]
    assert {one.patient_id: one.status for one in find_messages()} == {
        erased.pk: "CANCELLED",
        stays.pk: "SENT",
    }


def test_erased_person_is_not_asked_about_another_appointment(simulator: Simulation) -> None:
    shared_sender()
    erased = create_patient(running_campaign())
    erase(erased)
    create_patient(running_campaign(workspace=erased.workspace), phone=erased.phone)
    plan_messages()
    run_dispatch()

    assert simulator.told() == []


def test_cancelled_ask_is_not_sent_after_restore(simulator: Simulation) -> None:
    """The ask was cancelled; asking too often is worse than asking too rarely."""
    shared_sender()
    patient = create_patient(running_campaign())
    plan_messages()
    erase(patient)
    run_dispatch()
    restore(patient)
    plan_messages()
    run_dispatch()

    assert simulator.told() == []


def test_erasure_waits_for_a_running_claim(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a claim that had looked would take the message after the erasure was confirmed."""
    sender = shared_sender()
    patient = create_patient(running_campaign())
    plan_messages()
    look, erased_by_then = claiming._read_details, []

    def look_slowly(*args: object) -> object:
        found = look(*args)  # type: ignore[arg-type]
        thread = Thread(target=erase_in_a_thread)
        thread.start()
        thread.join(timeout=0.5)
        erased_by_then.append(not thread.is_alive())
        threads.append(thread)
        return found

    def erase_in_a_thread() -> None:
        erase(patient)
        connection.close()

    threads: list[Thread] = []
    monkeypatch.setattr(claiming, "_read_details", look_slowly)
    assert len(claiming.claim_batch(sender=sender, limit=1)) == 1
    for thread in threads:
        thread.join()

    assert erased_by_then == [False]


def test_message_not_claimed_before_erasure_is_never_sent(simulator: Simulation) -> None:
    """Only messages that were claimed before their erasure may have been sent."""
    shared_sender()
    campaign = running_campaign()
    patients = [create_patient(campaign) for _ in range(40)]
    plan_messages()
    claimed_before: dict[str, bool] = {}

    def erase_them_all() -> None:
        for patient in reversed(patients):
            erase(patient)
            [message] = find_messages(patient=patient)
            claimed_before[patient.phone] = message.attempt > 0
            time.sleep(0.002)

    run_concurrently(erase_them_all, run_dispatch)
    run_dispatch()

    told = {told["to"] for told in simulator.told()}
    assert told == {phone for phone, was_taken in claimed_before.items() if was_taken}


@pytest.mark.parametrize("page", ["r", "f", "o", "v"])
def test_links_of_an_erased_patient_fail_until_restore(
    page: str, client: Client, simulator: Simulation
) -> None:
    shared_sender()
    patient = create_patient(running_campaign())
    plan_messages()
    run_dispatch()
    path = f"/{page}/{patient.token}"
    before = client.get(path).status_code
    erase(patient)

    assert client.get(path).status_code == 404
    assert client.post(path, {"rating": "5"}).status_code == 404
    restore(patient)
    assert client.get(path).status_code == before != 404
