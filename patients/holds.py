"""Is this address held, and the actions that hold and release it.

A hold keeps everything automatic back until a person has read a text that may be an opt-out.

These actions write the rows of one workspace. `messaging.doubtful_opt_outs` calls them and takes
care of senders that several clinics share.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from patients import suppressions
from patients.addresses import hash_address, normalize_address, patients_at
from patients.models import Hold, HoldDecision, Patient, SuppressionReason
from workspaces.models import Workspace

# The rule in SQL, for a patient `pt`. Like suppressions, it misses the addresses of erased people,
# which the claim finds by digest.
IS_HELD = """EXISTS (
              SELECT FROM patients_hold h
              WHERE h.workspace_id = pt.workspace_id AND h.decision = ''
                AND h.address IN (nullif(pt.phone, ''), nullif(pt.email, '')))"""


@transaction.atomic
def hold_address(
    *, workspace_id: UUID, address: str, shared_sender_id: UUID | None = None, has_text: bool = True
) -> bool:
    """Hold this address back, again if it was released before. Return False if it is suppressed.

    Messages that wait stay PENDING: the claim looks here before anything leaves.
    """
    address, now = normalize_address(address), timezone.now()
    if _has_opted_out(workspace_id, address):
        return False
    kept, is_new = Hold.objects.select_for_update().get_or_create(
        workspace_id=workspace_id,
        digest=hash_address(address),
        defaults={
            "address": address,
            "since": now,
            "shared_sender_id": shared_sender_id,
            "has_text": has_text,
        },
    )
    if not is_new:
        kept.has_text = has_text or (kept.has_text and not kept.decision)
        kept.shared_sender_id = shared_sender_id or kept.shared_sender_id
        kept.since = now if kept.decision else kept.since
        kept.address, kept.decision, kept.decided_at, kept.decided_by = address, "", None, ""
        kept.save()
    # Lock the patients: a claim that has them finishes first, and a later claim sees the hold.
    list(
        patients_at(workspace_id, address)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
    return True


def decide_hold(hold: Hold, decision: HoldDecision, *, by: str) -> None:
    """Store what a person has decided about the doubtful text."""
    hold.decision, hold.decided_at, hold.decided_by = decision, timezone.now(), by
    hold.save(update_fields=["decision", "decided_at", "decided_by", "updated_at"])


def holds_of(patient: Patient) -> list[Hold]:
    """Return the holds of the patient's addresses, decided or not."""
    digests = [hash_address(address) for address in (patient.phone, patient.email) if address]
    rows = Hold.objects.within(patient.workspace_id).filter(digest__in=digests)
    return list(rows.order_by("since", "pk"))


def is_held(patient: Patient) -> bool:
    """Return IS_HELD for a patient in Python, by digest."""
    return any(not hold.decision for hold in holds_of(patient))


def _has_opted_out(workspace_id: UUID, address: str) -> bool:
    """Return whether it is suppressed for another reason than a dead number, which may be held."""
    rows = suppressions.find_suppressions(workspace_id, [address])
    return rows.exclude(reason=SuppressionReason.UNREACHABLE).exists()


@dataclass(frozen=True)
class HoldSummary:
    """What a page says about the holds of one patient."""

    is_open: bool
    has_text: bool
    since: datetime
    decision: str
    decided_by: str
    decided_at: datetime | None


def open_hold_of(patient: Patient) -> HoldSummary | None:
    """Summarize the undecided holds, or else those that a member decided. None without any."""
    holds = holds_of(patient)
    undecided = [hold for hold in holds if not hold.decision]
    shown = undecided or [hold for hold in holds if hold.decided_by]
    if not shown:
        return None
    first = shown[0]
    return HoldSummary(
        is_open=bool(undecided),
        has_text=any(hold.has_text for hold in shown),
        since=first.since,
        decision=first.decision,
        decided_by=first.decided_by,
        decided_at=first.decided_at,
    )


def addresses_to_decide(workspace: Workspace) -> QuerySet[Hold, str]:
    """Return the held addresses whose text this clinic has, and so has to decide about."""
    rows = Hold.objects.within(workspace).filter(decision="", has_text=True).exclude(address="")
    return rows.values_list("address", flat=True)
