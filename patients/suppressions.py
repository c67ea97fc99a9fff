"""Is this address suppressed? Suppress addresses, lift suppressions, and search them.

A suppression is known by the keyed digest of its address, so that it also holds after the person
was erased and the address itself is gone. It belongs to the address and not to a patient's row, so
it also applies to a patient who is imported with it later.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.models.base import TenantQuerySet
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from patients import search
from patients.addresses import hash_address, normalize_address, patients_at
from patients.models import Hold, HoldDecision, Patient, Suppression, SuppressionReason
from patients.people.emails import read_email
from patients.people.phones import PhoneKind, PhoneReader
from workspaces.models import User, Workspace
from workspaces.practices import country_of

# The rule in SQL, for a patient `pt`: by the readable addresses, because the database has no key to
# compute digests. It misses the addresses of erased people, so whatever plans with it is checked
# again by digest before a message leaves (`messaging/dispatch/erased_address_check.py`).
IS_SUPPRESSED = """EXISTS (
              SELECT FROM patients_suppression s
              WHERE s.workspace_id = pt.workspace_id
                AND s.address IN (nullif(pt.phone, ''), nullif(pt.email, '')))"""

# Whether the person wants no messages. A dead number, which is suppressed as well, says nothing
# about that.
HAS_OPTED_OUT = """EXISTS (
              SELECT FROM patients_suppression s
              WHERE s.workspace_id = pt.workspace_id AND s.reason <> 'UNREACHABLE'
                AND s.address IN (nullif(pt.phone, ''), nullif(pt.email, '')))"""

# The rule in SQL, where the caller has computed the digests: for a row `d(workspace_id, digest)`.
# By the unique key of suppressions.
IS_SUPPRESSED_BY_DIGEST = """EXISTS (
              SELECT FROM patients_suppression s
              WHERE s.workspace_id = d.workspace_id AND s.digest = d.digest)"""

AT_ONCE = 1_000
ERASED = SuppressionReason.ERASURE
ALL_BUT_ERASURE = frozenset(SuppressionReason) - {ERASED}
SEPARATOR = re.compile(r"[\n;,\t]+")


@dataclass(frozen=True)
class Added:
    """The result for each address that was typed."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def find_suppressions(workspace_id: UUID, addresses: Iterable[str]) -> TenantQuerySet[Suppression]:
    """Return the suppressions of these addresses, also of those that were erased since."""
    digests = [hash_address(address) for address in addresses if address]
    return Suppression.objects.within(workspace_id).filter(digest__in=digests)


def is_suppressed(workspace_id: UUID, addresses: Iterable[str]) -> bool:
    """Return whether this workspace must not write to one of these addresses."""
    return find_suppressions(workspace_id, addresses).exists()


def is_patient_suppressed(patient: Patient) -> bool:
    """Return whether a phone or e-mail of this patient is suppressed."""
    return is_suppressed(patient.workspace_id, (patient.phone, patient.email))


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
    """End a hold by the person's own clear word, which members cannot take back."""
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


def matching(workspace: Workspace, *, typed: str, reason: str) -> TenantQuerySet[Suppression]:
    """Search by the whole phone, or by the beginning of an e-mail."""
    rows = Suppression.objects.within(workspace)
    if reason:
        rows = rows.filter(reason=reason)
    if not typed:
        return rows
    if search.NUMBER.fullmatch(typed):
        number = search.digits(typed, country_of(workspace))
        return rows.exclude(reason=ERASED).filter(address=f"+{number}")
    # A range instead of LIKE: under row security only leak-proof comparisons can use the index.
    prefix = normalize_address(typed)
    rows = rows.exclude(reason=ERASED)
    return rows.filter(address__gte=prefix, address__lt=prefix + search.LAST_CHARACTER)


@transaction.atomic
def add(*, workspace: Workspace, typed: str, note: str, by: User) -> Added:
    """Suppress the addresses in a text, one a line. An unreadable one does not stop the others."""
    pieces = [piece.strip() for piece in SEPARATOR.split(typed) if piece.strip()]
    if len(pieces) > AT_ONCE:
        raise ProblemError(
            _("That is more than %(limit)s at once: add them in several parts.")
            % {"limit": AT_ONCE}
        )
    added, country = Added(), country_of(workspace)
    readable = {piece: _address(piece, country) for piece in pieces}
    added.unreadable.extend(piece for piece, address in readable.items() if not address)
    for address in sorted(filter(None, set(readable.values()))):
        is_new = suppress_address(
            workspace_id=workspace.pk,
            address=address,
            reason=SuppressionReason.STAFF,
            note=note,
            by=by.name,
        )
        (added.new if is_new else added.known).append(address)
    if added.new:
        audit.record(
            "suppression.add",
            workspace,
            by=by,
            workspace_id=workspace.pk,
            new={"addresses": len(added.new), "note": note},
        )
    return added


@transaction.atomic
def remove(*, suppression: Suppression, reason: str, by: User) -> None:
    """Remove a suppression. The audit trail keeps the reason and the digest, not the address."""
    if suppression.reason == ERASED:
        refuse_erased()
    audit.record(
        "suppression.remove",
        suppression,
        by=by,
        old={
            "digest": suppression.digest,
            "reason": suppression.reason,
            "at": suppression.at.isoformat(),
        },
        new={"note": reason},
    )
    lift_suppression(workspace_id=suppression.workspace_id, address=suppression.address)


def refuse_erased() -> NoReturn:
    raise ProblemError(
        _("This person asked to be erased. Only taking the erasure back lifts this.")
    )


def _address(typed: str, country: str) -> str:
    if "@" in typed:
        return read_email(typed) or ""
    phone = PhoneReader(country).read(typed)
    return phone.number if phone.kind in {PhoneKind.MOBILE, PhoneKind.LANDLINE} else ""
