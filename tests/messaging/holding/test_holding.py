"""A text that may be an opt-out holds all automatic messages until a member decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Sender
from patients.addresses import hash_address
from patients.models import Patient
from tests.factories import (
    HoldFactory,
    MessageFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.holding.holds import (
    HOUR,
    create_ask,
    create_follow_up,
    decide,
    holds_of,
    suppressed_addresses,
)
from tests.messaging.webhooks.calls import PATIENT, receive_text, text_fields
from tests.messaging.webhooks.rows import reload_message, waits_for_member
from tests.messaging.world import create_patient, find_messages, running_campaign

pytestmark = pytest.mark.django_db


def test_doubtful_text_holds_every_address_and_goes_to_the_inbox(sender: Sender) -> None:
    ask = create_ask(sender)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(email="ana@example.com")

    receive_text(text_fields(DOUBTFUL))

    assert set(holds_of(ask.workspace)) == {(PATIENT, "", True), ("ana@example.com", "", True)}
    assert waits_for_member(ask)
    assert reload_message(ask).patient.opted_out_at is None


def test_another_appointment_of_a_held_person_is_not_planned(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(asked_at=timezone.now() - 40 * 24 * HOUR)
    other = create_patient(running_campaign(ask.workspace), phone=PATIENT)

    assert plan_messages() == 0

    decide("go_on", ask)
    assert plan_messages() == 1
    assert find_messages(patient=other, type="INITIAL")


def test_waiting_message_stays_pending_and_goes_after_the_release(sender: Sender) -> None:
    ask = create_ask(sender)
    waiting = create_follow_up(ask)
    receive_text(text_fields(DOUBTFUL))

    assert claim_batch(sender=sender, limit=10) == []
    held = reload_message(waiting)
    assert (held.status, held.attempt, held.error) == ("PENDING", 0, "")
    # It is put off, so that it does not keep the claim from what stands behind it.
    assert held.next_attempt_at > timezone.now()

    decide("go_on", ask)
    [taken] = claim_batch(sender=sender, limit=10, now=timezone.now() + timedelta(minutes=2))
    assert taken.id == waiting.pk


def test_held_messages_do_not_block_others(sender: Sender) -> None:
    campaign = running_campaign()
    for which in range(3):
        patient = create_patient(campaign, asked_at=timezone.now())
        HoldFactory.create(
            workspace=campaign.workspace,
            address=patient.phone,
            digest=hash_address(patient.phone),
        )
        MessageFactory.create(
            workspace=campaign.workspace,
            patient=patient,
            next_attempt_at=timezone.now() - timedelta(minutes=9 - which),
        )
    free = MessageFactory.create(
        workspace=campaign.workspace, patient=create_patient(campaign, asked_at=timezone.now())
    )

    assert claim_batch(sender=sender, limit=3) == []
    assert [one.id for one in claim_batch(sender=sender, limit=3)] == [free.pk]


def test_undecided_hold_never_expires_and_late_follow_up_is_cancelled(sender: Sender) -> None:
    ask = create_ask(sender)
    waiting = create_follow_up(ask)
    receive_text(text_fields(DOUBTFUL))

    later = timezone.now() + 20 * 24 * HOUR
    assert claim_batch(sender=sender, limit=10, now=later) == []
    assert reload_message(waiting).status == "PENDING"

    decide("go_on", ask)
    assert claim_batch(sender=sender, limit=10, now=later + HOUR) == []
    assert (reload_message(waiting).status, reload_message(waiting).error) == (
        "CANCELLED",
        "too old",
    )


def test_stop_suppresses_and_cancels_what_waits(sender: Sender) -> None:
    ask = create_ask(sender)
    waiting = create_follow_up(ask)
    receive_text(text_fields(DOUBTFUL))

    page = decide("stop", ask)

    assert page.status_code == 200
    assert suppressed_addresses(ask.workspace) == {PATIENT}
    assert reload_message(ask).patient.opted_out_at
    assert claim_batch(sender=sender, limit=10) == []
    assert reload_message(waiting).status == "CANCELLED"
    # A member decided; nobody asked for a confirmation, so none is sent.
    assert not find_messages(type="CONFIRM_STOP")


def test_undone_stop_holds_again(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("stop", ask)

    decide("undo", ask)

    assert suppressed_addresses(ask.workspace) == set()
    assert reload_message(ask).patient.opted_out_at is None
    assert holds_of(ask.workspace) == [(PATIENT, "", True)]
    with tenancy.within(ask.workspace_id):
        acts = AuditEvent.objects.filter(action__startswith="hold.").order_by("at", "pk")
        assert [one.action for one in acts] == ["hold.stop", "hold.undo"]
        assert PATIENT not in str([(one.old, one.new, one.entity_name) for one in acts])


def test_undone_release_holds_again(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("go_on", ask)
    assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", True)]

    decide("undo", ask)

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]


def test_clear_opt_out_ends_hold_and_members_cannot_undo_it(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    receive_text(text_fields("BAJA"))

    assert holds_of(ask.workspace) == [(PATIENT, "STOP", True)]
    assert suppressed_addresses(ask.workspace) == {PATIENT}
    assert decide("undo", ask).status_code != 200
    assert suppressed_addresses(ask.workspace) == {PATIENT}


def test_opt_in_releases_the_hold(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    receive_text(text_fields("ALTA"))

    assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", True)]


def test_second_doubt_after_a_release_holds_again(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields(DOUBTFUL))
    decide("go_on", ask)

    receive_text(text_fields(DOUBTFUL))

    assert holds_of(ask.workspace) == [(PATIENT, "", True)]


def test_suppressed_person_is_not_held(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields("BAJA"))
    receive_text(text_fields(DOUBTFUL))

    assert holds_of(ask.workspace) == []
    assert suppressed_addresses(ask.workspace) == {PATIENT}
