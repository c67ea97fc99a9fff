"""Add, change and remove the practices of a workspace, and find the workspace's time zone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import time, tzinfo

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.constraint_violations import explain_violation
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.models import Practice, User, Workspace
from workspaces.models.practice import Country
from workspaces.vetting import flags

# Each check returns objections to removing a practice. Apps above this one register checks in
# `AppConfig.ready`, for rows of theirs that belong to a practice.
RemovalCheck = Callable[[Practice], list[str]]
removal_checks: list[RemovalCheck] = []


@dataclass(frozen=True)
class PracticeDetails:
    """The fields of a practice that forms, the API and the demo data set."""

    name: str
    address: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = "EC"
    google_place_id: str = ""
    google_review_link: str = ""
    phone: str = ""
    email: str = ""
    timezone: str = "America/Guayaquil"
    window_start: time = time(8)
    window_end: time = time(20)


@transaction.atomic
def create_practice(*, workspace: Workspace, details: PracticeDetails, by: User) -> Practice:
    entitlements.require_practice(entitlements.lock_workspace(workspace))
    practice = Practice(workspace=workspace, **vars(details))
    with _require_unique_name():
        practice.save(force_insert=True)
    audit.record(
        "practice.create",
        practice,
        by=by,
        name=practice.name,
        new=audit.snapshot(practice, list(vars(details))),
    )
    flags.inspect_text(practice.workspace_id, details.name)
    return practice


@transaction.atomic
def change_practice(*, practice: Practice, details: PracticeDetails, by: User) -> Practice:
    practice = _lock(practice)
    with _require_unique_name():
        audit.save_changes("practice.change", practice, vars(details), by=by, name=details.name)
    flags.inspect_text(practice.workspace_id, details.name)
    return practice


@transaction.atomic
def remove_practice(*, practice: Practice, by: User) -> None:
    """Delete a practice, unless it has campaigns: what their patients were asked must be kept.

    A registered check may object too.
    """
    practice = _lock(practice)
    for check in removal_checks:
        for objection in check(practice):
            raise ProblemError(objection)
    audit.record(
        "practice.remove",
        practice,
        by=by,
        name=practice.name,
        old=audit.snapshot(practice, list(PracticeDetails.__dataclass_fields__)),
    )
    try:
        practice.delete()
    except ProtectedError as error:
        raise ProblemError(
            _(
                "“%(name)s” has campaigns, and what they asked stays on record, so it cannot be"
                " removed. Cancel the campaigns if nobody should be asked there any more."
            )
            % {"name": practice.name}
        ) from error


def first_practice(workspace: Workspace) -> Practice | None:
    """Return the practice that was added first. It speaks for a workspace as a whole."""
    return workspace.practices.order_by("pk").first()


def country_of(workspace: Workspace) -> str:
    """Return the country of phones that are typed without one."""
    first = first_practice(workspace)
    return first.country if first else Country.EC


def workspace_time_zone(workspace: Workspace) -> tzinfo:
    """Return the time zone of the workspace's pages."""
    first = first_practice(workspace)
    return first.zone if first else timezone.get_default_timezone()


def _require_unique_name() -> AbstractContextManager[None]:
    message = _("You already have a practice with this name.")
    return explain_violation(message, "workspaces_practice_name_unique")


def _lock(practice: Practice) -> Practice:
    rows = Practice.objects.within(practice.workspace_id).select_for_update()
    locked = rows.filter(pk=practice.pk).first()
    if locked is None:
        raise ProblemError(_("This practice was removed a moment ago."))
    return locked
