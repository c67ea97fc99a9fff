"""Who may be written to: opt-outs live with the address, apart from any row that names a person."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.models.base import TenantQuerySet
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from patients.models import Hold, HoldDecision, Patient, Suppression, SuppressionReason

ALL_BUT_ERASURE = frozenset(SuppressionReason) - {SuppressionReason.ERASURE}


def normalize_address(address: str) -> str:
    return address.strip().casefold()


def hash_address(address: str) -> str:
    """What is left of an erased address: it can be recognised again, but not read."""
    key = settings.ADDRESS_DIGEST_KEY.encode()
    return hmac.new(key, normalize_address(address).encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def suppress_address(
    *,
    workspace_id: UUID,
    address: str,
    reason: SuppressionReason,
    note: str = "",
    by: str = "",
) -> bool:
    """Nothing goes to this address again, whoever is imported with it. True if that is new.

    Messages that wait need no clean-up: the claim looks here before anything leaves.
    """
    address, now = normalize_address(address), timezone.now()
    kept, is_new = Suppression.objects.select_for_update().get_or_create(
        workspace_id=workspace_id,
        digest=hash_address(address),
        defaults={"address": address, "reason": reason, "at": now, "note": note, "by": by},
    )
    if reason == SuppressionReason.UNREACHABLE:
        return is_new
    if kept.reason == SuppressionReason.UNREACHABLE:
        # A number may work again one day, and then the person's own word has to stand.
        kept.reason, kept.at, kept.note, kept.by = reason, now, note, by
        kept.save(update_fields=["reason", "at", "note", "by", "updated_at"])
    elif kept.reason == SuppressionReason.ERASURE != reason:
        _remember(kept, reason, now)
    _settle_holds(workspace_id, address, HoldDecision.STOP, now)
    _opt_out(patients_at(workspace_id, address).filter(opted_out_at=None), reason, now)
    return is_new


def _opt_out(patients: TenantQuerySet[Patient], reason: SuppressionReason, now: datetime) -> None:
    """Every appointment of the person, and their clinic's own systems hear of each."""
    leaving = list(
        patients.order_by("pk").select_for_update(no_key=True).only("workspace_id", "campaign_id")
    )
    if not leaving:
        return
    Patient.objects.filter(pk__in=[one.pk for one in leaving]).update(opted_out_at=now)
    enqueue_events(
        OutgoingEvent(
            "patient.opted_out",
            one.workspace_id,
            {
                "id": one.pk,
                "campaign_id": one.campaign_id,
                "opted_out_at": now,
                "reason": reason.value,
            },
        )
        for one in leaving
    )


def _settle_holds(workspace_id: UUID, address: str, decision: HoldDecision, now: datetime) -> None:
    """The person's own word ends the doubt, and staff cannot take it back."""
    Hold.objects.within(workspace_id).filter(digest=hash_address(address)).update(
        decision=decision, decided_at=now, decided_by="", updated_at=now
    )


def _remember(erased: Suppression, reason: SuppressionReason, now: datetime) -> None:
    """The erasure stays on top; should it be taken back, the opt-out still stands."""
    if erased.reason_before in ("", SuppressionReason.UNREACHABLE):
        erased.reason_before, erased.at_before = reason, now
        erased.save(update_fields=["reason_before", "at_before", "updated_at"])


@transaction.atomic
def lift_suppression(
    *,
    workspace_id: UUID,
    address: str,
    after: Collection[SuppressionReason] = ALL_BUT_ERASURE,
) -> bool:
    """The person came back by themselves. True if they had been away."""
    address = normalize_address(address)
    gone, _ = Suppression.objects.filter(
        workspace_id=workspace_id, digest=hash_address(address), reason__in=after
    ).delete()
    _settle_holds(workspace_id, address, HoldDecision.GO_ON, timezone.now())
    if gone:
        patients_at(workspace_id, address).update(opted_out_at=None)
    return bool(gone)


def is_suppressed(patient: Patient) -> bool:
    addresses = [address for address in (patient.phone, patient.email) if address]
    return Suppression.objects.filter(
        workspace_id=patient.workspace_id, address__in=addresses
    ).exists()


def patients_at(workspace_id: UUID, address: str) -> TenantQuerySet[Patient]:
    by_address = {"email": address} if "@" in address else {"phone": address}
    return Patient.objects.within(workspace_id).filter(**by_address)
