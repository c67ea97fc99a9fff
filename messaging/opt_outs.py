"""Act on STOP and START. A STOP to a sender that clinics share holds for all of them."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core import tenancy
from messaging.models import Message, Sender, SenderStop
from patients.addresses import hash_address, normalize_address
from patients.models import Patient, SuppressionReason
from patients.suppressions import lift_suppression, suppress_address

SAID_TO_A_SENDER = (
    SuppressionReason.REPLY,
    SuppressionReason.CARRIER,
    SuppressionReason.UNREACHABLE,
)


@transaction.atomic
def stop_patient(*, patient: Patient, reason: SuppressionReason) -> None:
    """Suppress every address that this clinic has of the patient."""
    for address in filter(None, (patient.phone, patient.email)):
        suppress_address(workspace_id=patient.workspace_id, address=address, reason=reason)


@transaction.atomic
def start_patient(*, patient: Patient) -> None:
    """Lift the suppression of every address that this clinic has of the patient."""
    for address in filter(None, (patient.phone, patient.email)):
        lift_suppression(workspace_id=patient.workspace_id, address=address)


@transaction.atomic
def stop_sender(*, sender: Sender, address: str, reason: SuppressionReason) -> bool:
    """Stop a sender, and suppress the address in every workspace that wrote to it from there.

    The caller has opened the platform door. Return True if the address had not stopped it before.
    """
    address, is_new = normalize_address(address), False
    if not _stops(sender, address).exists():
        _stop, is_new = SenderStop.objects.get_or_create(sender=sender, address=address)
    for workspace_id in workspaces_that_know(address, sender=sender):
        suppress_address(workspace_id=workspace_id, address=address, reason=reason)
    return is_new


@transaction.atomic
def start_sender(*, sender: Sender, address: str) -> bool:
    """Take back a STOP, but not an opt-out from a clinic's own link: that one was meant for it.

    Return True if there was a STOP to take back.
    """
    address = normalize_address(address)
    deleted, _by_model = _stops(sender, address).delete()
    for workspace_id in workspaces_that_know(address, sender=sender):
        lift_suppression(workspace_id=workspace_id, address=address, after=SAID_TO_A_SENDER)
    return bool(deleted)


@transaction.atomic
def stop_everyone(*, address: str, reason: SuppressionReason) -> None:
    """Act on a STOP to a number that is no sender of ours any more: stop all who wrote there."""
    address = normalize_address(address)
    for workspace_id in workspaces_that_know(address):
        suppress_address(workspace_id=workspace_id, address=address, reason=reason)


def has_stopped(sender: Sender, address: str) -> bool:
    """Return whether the person at this address has stopped this sender, through any clinic."""
    with tenancy.platform("stops of a sender"):
        return _stops(sender, normalize_address(address)).exists()


def _stops(sender: Sender, address: str) -> QuerySet[SenderStop]:
    """Look for the digest as well: after an erasure nothing else is left."""
    return SenderStop.objects.filter(sender=sender, address__in=[address, hash_address(address)])


def workspaces_that_know(address: str, *, sender: Sender | None = None) -> set[UUID]:
    """Return the workspaces that wrote to this address.

    Others that share the sender are held back by its `SenderStop` at the claim.
    """
    if sender and sender.workspace_id:
        return {sender.workspace_id}
    by_address = (
        {"patient__email__iexact": address} if "@" in address else {"patient__phone": address}
    )
    wrote = Message.objects.filter(**by_address)
    if sender:
        wrote = wrote.filter(sender=sender)
    return set(wrote.values_list("workspace_id", flat=True).distinct())
