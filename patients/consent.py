"""Write opt-outs: suppress an address and lift a suppression.

They belong to the address and not to a patient's row, so they hold for whoever is imported with it
later. `patients.suppressions` says whether an address is suppressed.
"""

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
    """Return the keyed digest of an address: it recognises the address but does not reveal it."""
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
    """Suppress this address for good, and opt out its patients. Return whether that is new.

    Pending messages need no clean-up: the claim looks here before anything is sent.
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
        # The number may work again one day. Then the person's own opt-out must still hold.
        kept.reason, kept.at, kept.note, kept.by = reason, now, note, by
        kept.save(update_fields=["reason", "at", "note", "by", "updated_at"])
    elif kept.reason == SuppressionReason.ERASURE != reason:
        _keep_reason(kept, reason, now)
    _settle_holds(workspace_id, address, HoldDecision.STOP, now)
    _opt_out(patients_at(workspace_id, address).filter(opted_out_at=None), reason, now)
    return is_new


def _opt_out(patients: TenantQuerySet[Patient], reason: SuppressionReason, now: datetime) -> None:
    """Mark every appointment of the person, and tell the workspace's webhooks about each."""
    rows = list(
        patients.order_by("pk").select_for_update(no_key=True).only("workspace_id", "campaign_id")
    )
    if not rows:
        return
    Patient.objects.filter(pk__in=[row.pk for row in rows]).update(opted_out_at=now)
    enqueue_events(
        OutgoingEvent(
            "patient.opted_out",
            row.workspace_id,
            {
                "id": row.pk,
                "campaign_id": row.campaign_id,
                "opted_out_at": now,
                "reason": reason.value,
            },
        )
        for row in rows
    )


def _settle_holds(workspace_id: UUID, address: str, decision: HoldDecision, now: datetime) -> None:
    """End a hold by the person's own clear word, which staff cannot take back."""
    Hold.objects.within(workspace_id).filter(digest=hash_address(address)).update(
        decision=decision, decided_at=now, decided_by="", updated_at=now
    )


def _keep_reason(erased: Suppression, reason: SuppressionReason, now: datetime) -> None:
    """Keep an opt-out under an erasure, so that it still holds if the erasure is taken back."""
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
    """Write to this address again, because the person asked for it. Return whether that is new."""
    address = normalize_address(address)
    deleted, _ = Suppression.objects.filter(
        workspace_id=workspace_id, digest=hash_address(address), reason__in=after
    ).delete()
    _settle_holds(workspace_id, address, HoldDecision.GO_ON, timezone.now())
    if deleted:
        patients_at(workspace_id, address).update(opted_out_at=None)
    return bool(deleted)


def patients_at(workspace_id: UUID, address: str) -> TenantQuerySet[Patient]:
    """Return the patients of a workspace with this phone or e-mail."""
    by_address = {"email": address} if "@" in address else {"phone": address}
    return Patient.objects.within(workspace_id).filter(**by_address)
