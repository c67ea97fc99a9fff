"""Is this address suppressed, and the page on which staff look through, add and remove addresses.

A suppression is known by the keyed digest of its address, so that it also holds after the person
was erased and the address itself is gone. `consent` writes suppressions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.models.base import TenantQuerySet
from patients import consent, search
from patients.models import Patient, Suppression, SuppressionReason
from patients.people.emails import read_email
from patients.people.phones import PhoneKind, PhoneReader
from workspaces.models import User, Workspace

# The rule in SQL, for a patient `pt`: by the readable addresses, because the database has no key to
# compute digests. It misses the addresses of erased people, so whatever plans with it is checked
# again by digest before a message leaves (`messaging/dispatch/erased_address_check.py`).
IS_SUPPRESSED = """EXISTS (
              SELECT FROM patients_suppression s
              WHERE s.workspace_id = pt.workspace_id
                AND s.address IN (nullif(pt.phone, ''), nullif(pt.email, '')))"""

# The rule in SQL, where the caller has computed the digests: for a row `d(workspace_id, digest)`.
# By the unique key of suppressions.
IS_SUPPRESSED_BY_DIGEST = """EXISTS (
              SELECT FROM patients_suppression s
              WHERE s.workspace_id = d.workspace_id AND s.digest = d.digest)"""

AT_ONCE = 1_000
ERASED = SuppressionReason.ERASURE
SEPARATOR = re.compile(r"[\n;,\t]+")


@dataclass(frozen=True)
class Added:
    """The result for each address that was typed."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def find_suppressions(workspace_id: UUID, addresses: Iterable[str]) -> TenantQuerySet[Suppression]:
    """Return the suppressions of these addresses, also of those that were erased since."""
    digests = [consent.hash_address(address) for address in addresses if address]
    return Suppression.objects.within(workspace_id).filter(digest__in=digests)


def is_suppressed(workspace_id: UUID, addresses: Iterable[str]) -> bool:
    """Return whether this workspace must not write to one of these addresses."""
    return find_suppressions(workspace_id, addresses).exists()


def is_patient_suppressed(patient: Patient) -> bool:
    """Return whether a phone or e-mail of this patient is suppressed."""
    return is_suppressed(patient.workspace_id, (patient.phone, patient.email))


def matching(workspace: Workspace, *, typed: str, reason: str) -> TenantQuerySet[Suppression]:
    """Search by the whole phone, or by the beginning of an e-mail."""
    rows = Suppression.objects.within(workspace)
    if reason:
        rows = rows.filter(reason=reason)
    if not typed:
        return rows
    if search.NUMBER.fullmatch(typed):
        number = search.digits(typed, search.country_of(workspace))
        return rows.exclude(reason=ERASED).filter(address=f"+{number}")
    # A range instead of LIKE: under row security only leak-proof comparisons can use the index.
    prefix = consent.normalize_address(typed)
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
    added, country = Added(), search.country_of(workspace)
    readable = {piece: _address(piece, country) for piece in pieces}
    added.unreadable.extend(piece for piece, address in readable.items() if not address)
    for address in sorted(filter(None, set(readable.values()))):
        is_new = consent.suppress_address(
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
    consent.lift_suppression(workspace_id=suppression.workspace_id, address=suppression.address)


def refuse_erased() -> NoReturn:
    raise ProblemError(
        _("This person asked to be erased. Only taking the erasure back lifts this.")
    )


def _address(typed: str, country: str) -> str:
    if "@" in typed:
        return read_email(typed) or ""
    phone = PhoneReader(country).read(typed)
    return phone.number if phone.kind in {PhoneKind.MOBILE, PhoneKind.LANDLINE} else ""
