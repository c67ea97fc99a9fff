"""Erase patients: hide and suppress them at once, and take that back during the grace period."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from integrations.webhooks import retention
from patients.addresses import hash_address, normalize_address, patients_at
from patients.models import Patient, Suppression, SuppressionReason
from workspaces.models import User


def erasure_grace() -> timedelta:
    return timedelta(days=settings.ERASURE_GRACE_DAYS)


@transaction.atomic
def erase_patients(
    *, patients: Collection[Patient], spared: Collection[Patient] = (), by: User | None
) -> datetime:
    """Hide these appointments of one person and suppress their addresses.

    Addresses that somebody else has as well (`spared`) are not suppressed. Pending messages need no
    clean-up: the claim looks here, and waits for a row that is being erased.
    """
    now, theirs = timezone.now(), addresses_of(spared)
    # Lock the suppressions before the patients, as every opt-out does, or they could deadlock.
    covered = addresses_of(patients) - theirs
    _suppress(patients, covered, now)
    erased = [one for one in _lock(patients) if one.data_deleted_at is None]
    for one in erased:
        one.data_deleted_at = now
        one.save(update_fields=["data_deleted_at", "updated_at"])
        audit.record("patient.erase", one, by=by)
    if erased:
        keys = [one.pk for one in erased]
        retention.erase_comments(workspace_id=_workspace_of(erased), patients=keys)
    _suppress(erased, addresses_of(erased) - theirs - covered, now)
    return now


@transaction.atomic
def restore_patients(*, patients: Collection[Patient], by: User | None) -> None:
    """Take an erasure back. An opt-out from before or meanwhile stays in force."""
    _lift(patients, addresses_of(patients))
    for one in _lock(patients):
        if one.data_deleted_at is None:
            continue
        if one.anonymised_at or ends_at(one) <= timezone.now():
            raise ProblemError(_("The time to take this back is over: the data is gone for good."))
        one.data_deleted_at = None
        one.save(update_fields=["data_deleted_at", "updated_at"])
        audit.record("patient.restore", one, by=by)


def ends_at(patient: Patient) -> datetime:
    """Return until when the erasure can be taken back."""
    assert patient.data_deleted_at
    return patient.data_deleted_at + erasure_grace()


def addresses_of(patients: Collection[Patient]) -> set[str]:
    """Return all phones and e-mails of these patients."""
    return {address for one in patients for address in (one.phone, one.email) if address}


def _lock(patients: Collection[Patient]) -> QuerySet[Patient]:
    rows = Patient.objects.filter(pk__in=[one.pk for one in patients])
    return rows.select_for_update(no_key=True).order_by("pk")


def _suppress(patients: Collection[Patient], addresses: Collection[str], now: datetime) -> None:
    """Suppress the addresses. An earlier opt-out is kept underneath, for the case of a restore."""
    for address in sorted(normalize_address(address) for address in addresses):
        kept, is_new = Suppression.objects.select_for_update().get_or_create(
            workspace_id=_workspace_of(patients),
            digest=hash_address(address),
            defaults={"address": address, "reason": SuppressionReason.ERASURE, "at": now},
        )
        if not is_new and kept.reason != SuppressionReason.ERASURE:
            kept.reason_before, kept.at_before = kept.reason, kept.at
            kept.reason, kept.at = SuppressionReason.ERASURE, now
            kept.save(update_fields=["reason", "at", "reason_before", "at_before", "updated_at"])


def _lift(patients: Collection[Patient], addresses: Collection[str]) -> None:
    """Lift these suppressions, except where another erasure needs them."""
    keys = [one.pk for one in patients]
    for address in sorted(normalize_address(address) for address in addresses):
        others = patients_at(_workspace_of(patients), address).exclude(pk__in=keys)
        if others.filter(data_deleted_at__isnull=False).exists():
            continue
        covering = Suppression.objects.within(_workspace_of(patients)).filter(
            address=address, reason=SuppressionReason.ERASURE
        )
        covering.filter(reason_before="").delete()
        covering.update(
            reason=F("reason_before"), at=F("at_before"), reason_before="", at_before=None
        )


def _workspace_of(patients: Collection[Patient]) -> UUID:
    return next(iter(patients)).workspace_id
