"""STOP is for good, and to a sender that clinics share it is for all of them."""

from uuid import UUID

from django.db import transaction

from messaging.models import Message, Sender, SenderStop
from patients import consent
from patients.models import Patient, SuppressionReason


@transaction.atomic
def stop_patient(*, patient: Patient, reason: SuppressionReason) -> None:
    """From the patient's own page: every address that this clinic has of them."""
    for address in filter(None, (patient.phone, patient.email)):
        consent.suppress(workspace_id=patient.workspace_id, address=address, reason=reason)


@transaction.atomic
def stop_sender(*, sender: Sender, address: str, reason: SuppressionReason) -> None:
    """A STOP answers a sender. The caller holds the platform's door: it reaches every workspace."""
    address = consent.plain(address)
    SenderStop.objects.get_or_create(sender=sender, address=address)
    for workspace_id in _workspaces_that_know(sender, address):
        consent.suppress(workspace_id=workspace_id, address=address, reason=reason)


@transaction.atomic
def start_sender(*, sender: Sender, address: str) -> None:
    address = consent.plain(address)
    SenderStop.objects.filter(sender=sender, address=address).delete()
    for workspace_id in _workspaces_that_know(sender, address):
        consent.readmit(workspace_id=workspace_id, address=address)


def _workspaces_that_know(sender: Sender, address: str) -> set[UUID]:
    """Clinics that wrote to the address; the others are held back by the sender's own list."""
    if sender.workspace_id:
        return {sender.workspace_id}
    by_address = (
        {"patient__email__iexact": address} if "@" in address else {"patient__phone": address}
    )
    wrote = Message.objects.filter(sender=sender, **by_address)
    return set(wrote.values_list("workspace_id", flat=True).distinct())
