"""STOP is for good, and to a sender that clinics share it is for all of them."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from messaging.models import Message, Sender, SenderStop
from patients import consent
from patients.models import Patient, SuppressionReason

SAID_TO_A_SENDER = (
    SuppressionReason.REPLY,
    SuppressionReason.CARRIER,
    SuppressionReason.UNREACHABLE,
)


@transaction.atomic
def stop_patient(*, patient: Patient, reason: SuppressionReason) -> None:
    """From the patient's own page: every address that this clinic has of them."""
    for address in filter(None, (patient.phone, patient.email)):
        consent.suppress_address(workspace_id=patient.workspace_id, address=address, reason=reason)


@transaction.atomic
def start_patient(*, patient: Patient) -> None:
    for address in filter(None, (patient.phone, patient.email)):
        consent.lift_suppression(workspace_id=patient.workspace_id, address=address)


@transaction.atomic
def stop_sender(*, sender: Sender, address: str, reason: SuppressionReason) -> bool:
    """A STOP answers a sender. The caller holds the platform's door: it reaches every workspace.

    Return True if the address had not stopped this sender before.
    """
    address, is_new = consent.normalize_address(address), False
    if not _stops(sender, address).exists():
        _stop, is_new = SenderStop.objects.get_or_create(sender=sender, address=address)
    for workspace_id in workspaces_that_know(address, sender=sender):
        consent.suppress_address(workspace_id=workspace_id, address=address, reason=reason)
    return is_new


@transaction.atomic
def start_sender(*, sender: Sender, address: str) -> bool:
    """Takes back what a STOP did, and no more: a clinic's own link said no to that clinic.

    Return True if there was a STOP to take back.
    """
    address = consent.normalize_address(address)
    gone, _by_model = _stops(sender, address).delete()
    for workspace_id in workspaces_that_know(address, sender=sender):
        consent.lift_suppression(workspace_id=workspace_id, address=address, after=SAID_TO_A_SENDER)
    return bool(gone)


@transaction.atomic
def stop_everyone(*, address: str, reason: SuppressionReason) -> None:
    """A STOP that came by a number we no longer know still counts, for whoever wrote there."""
    address = consent.normalize_address(address)
    for workspace_id in workspaces_that_know(address):
        consent.suppress_address(workspace_id=workspace_id, address=address, reason=reason)


def _stops(sender: Sender, address: str) -> QuerySet[SenderStop]:
    """By the digest too, which is all that is left of somebody who was erased."""
    return SenderStop.objects.filter(
        sender=sender, address__in=[address, consent.hash_address(address)]
    )


def workspaces_that_know(address: str, *, sender: Sender | None = None) -> set[UUID]:
    """Clinics that wrote to the address; the others are held back by the sender's own list."""
    if sender and sender.workspace_id:
        return {sender.workspace_id}
    by_address = (
        {"patient__email__iexact": address} if "@" in address else {"patient__phone": address}
    )
    wrote = Message.objects.filter(**by_address)
    if sender:
        wrote = wrote.filter(sender=sender)
    return set(wrote.values_list("workspace_id", flat=True).distinct())
