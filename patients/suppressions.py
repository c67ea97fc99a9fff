"""The list of those who are never written to: looked through, added to by hand, and left again."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.models.base import TenantQuerySet
from patients import consent, search
from patients.models import Suppression, SuppressionReason
from patients.people.emails import read_email
from patients.people.phones import PhoneKind, PhoneReader
from workspaces.models import User, Workspace

AT_ONCE = 1_000
ERASED = SuppressionReason.ERASURE
SEPARATOR = re.compile(r"[\n;,\t]+")


@dataclass(frozen=True)
class Added:
    """What became of each address that was typed."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def matching(workspace: Workspace, *, typed: str, reason: str) -> TenantQuerySet[Suppression]:
    """By the whole phone, or by the beginning of an e-mail."""
    rows = Suppression.objects.within(workspace)
    if reason:
        rows = rows.filter(reason=reason)
    if not typed:
        return rows
    if search.NUMBER.fullmatch(typed):
        number = search.digits(typed, search.country_of(workspace))
        return rows.exclude(reason=ERASED).filter(address=f"+{number}")
    # A range and no pattern: behind the wall an index serves plain comparisons alone.
    begins = consent.normalize_address(typed)
    found = rows.exclude(reason=ERASED)
    return found.filter(address__gte=begins, address__lt=begins + search.LAST)


@transaction.atomic
def add(*, workspace: Workspace, typed: str, note: str, by: User) -> Added:
    """One or many, a line each; what cannot be read stops none of the others."""
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
    """The trail keeps why, and the digest instead of the address."""
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
