import pytest

from core import tenancy
from messaging import opt_outs
from messaging.models import Message, Sender, SenderStop
from patients.models import Patient, Suppression, SuppressionReason
from patients.suppressions import suppress_address
from tests.concurrency import run_concurrently
from tests.factories import MessageFactory, PatientFactory, SenderFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+593991234567", "ana@example.com"


@pytest.fixture
def shared() -> Sender:
    sender: Sender = SenderFactory.create(workspace=None)
    return sender


def create_message(sender: Sender, workspace: Workspace | None = None) -> Message:
    """A clinic that has written to Ana through this sender."""
    patient = PatientFactory.create(
        workspace=workspace or WorkspaceFactory.create(), phone=PHONE, email=EMAIL
    )
    message: Message = MessageFactory.create(
        workspace=patient.workspace, patient=patient, sender=sender
    )
    return message


def stop(sender: Sender, address: str = PHONE) -> None:
    with tenancy.platform("test"):
        opt_outs.stop_sender(sender=sender, address=address, reason=SuppressionReason.REPLY)


def start(sender: Sender, address: str = PHONE) -> None:
    with tenancy.platform("test"):
        opt_outs.start_sender(sender=sender, address=address)


def suppressed(message: Message) -> set[str]:
    with tenancy.within(message.workspace_id):
        return set(Suppression.objects.values_list("address", flat=True))


def patient_of(message: Message) -> Patient:
    with tenancy.within(message.workspace_id):
        return Patient.objects.within(message.workspace_id).get(pk=message.patient_id)


def stops(sender: Sender) -> list[str]:
    with tenancy.platform("test"):
        return list(SenderStop.objects.filter(sender=sender).values_list("address", flat=True))


def test_opt_out_on_the_page_suppresses_every_address_at_that_clinic(shared: Sender) -> None:
    here, there = create_message(shared), create_message(shared)
    with tenancy.within(here.workspace_id):
        opt_outs.stop_patient(patient=here.patient, reason=SuppressionReason.LINK)

    assert suppressed(here) == {PHONE, EMAIL}
    assert suppressed(there) == set()
    assert stops(shared) == []


def test_stop_to_shared_sender_suppresses_at_every_clinic_that_used_it(shared: Sender) -> None:
    here, there = create_message(shared), create_message(shared)
    elsewhere = create_message(SenderFactory.create(workspace=None))
    stop(shared)

    assert suppressed(here) == suppressed(there) == {PHONE}
    assert suppressed(elsewhere) == set()
    assert stops(shared) == [PHONE]


def test_stop_to_own_sender_suppresses_only_at_that_clinic() -> None:
    workspace = WorkspaceFactory.create()
    own = SenderFactory.create(workspace=workspace)
    here, there = (
        create_message(own, workspace),
        create_message(SenderFactory.create(workspace=None)),
    )
    stop(own)

    assert suppressed(here) == {PHONE}
    assert suppressed(there) == set()


def test_stop_before_the_first_message_is_kept_with_the_sender(shared: Sender) -> None:
    stop(shared)
    later = create_message(shared)

    assert suppressed(later) == set()
    assert stops(shared) == [PHONE]


def test_address_is_compared_without_case_and_blanks(shared: Sender) -> None:
    here = create_message(shared)
    stop(shared, " ANA@Example.com ")
    stop(shared, EMAIL)

    assert suppressed(here) == {EMAIL}
    assert stops(shared) == [EMAIL]


def test_start_undoes_stop(shared: Sender) -> None:
    here, there = create_message(shared), create_message(shared)
    stop(shared)
    start(shared)

    assert suppressed(here) == suppressed(there) == set()
    assert stops(shared) == []
    assert patient_of(here).opted_out_at is None


@pytest.mark.parametrize(
    ("reason", "stays"),
    [
        (SuppressionReason.REPLY, False),
        (SuppressionReason.CARRIER, False),
        (SuppressionReason.UNREACHABLE, False),
        (SuppressionReason.LINK, True),
        (SuppressionReason.STAFF, True),
        (SuppressionReason.ERASURE, True),
    ],
)
def test_start_keeps_suppressions_with_other_reasons(
    reason: SuppressionReason, stays: bool, shared: Sender
) -> None:
    here = create_message(shared)
    with tenancy.within(here.workspace_id):
        suppress_address(workspace_id=here.workspace_id, address=PHONE, reason=reason)
    start(shared)

    assert suppressed(here) == ({PHONE} if stays else set())


def test_opt_in_on_the_page_releases_every_address(shared: Sender) -> None:
    here = create_message(shared)
    with tenancy.within(here.workspace_id):
        opt_outs.stop_patient(patient=here.patient, reason=SuppressionReason.LINK)
        opt_outs.start_patient(patient=here.patient)

    assert suppressed(here) == set()


def test_stop_without_known_sender_suppresses_at_every_clinic_that_wrote(shared: Sender) -> None:
    here, there = create_message(shared), create_message(SenderFactory.create(workspace=None))
    with tenancy.platform("test"):
        opt_outs.stop_everyone(address=PHONE, reason=SuppressionReason.REPLY)

    assert suppressed(here) == suppressed(there) == {PHONE}


@pytest.mark.django_db(transaction=True)
def test_concurrent_stops_are_stored_once() -> None:
    sender = SenderFactory.create(workspace=None)
    here = create_message(sender)
    run_concurrently(*[lambda: stop(sender)] * 4)

    assert suppressed(here) == {PHONE}
    assert stops(sender) == [PHONE]
