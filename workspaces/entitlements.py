"""May this workspace? The one answer: the stored plan, and what was granted on top for a time."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.models import Entitlement, Limit, Plan, Practice, User, Workspace
from workspaces.problems import ProblemError


@dataclass(frozen=True)
class Limits:
    """`None` is without limit."""

    plan: Plan
    users: int | None
    practices: int | None


PLANS: dict[str, Limits] = {
    Plan.FREE: Limits(plan=Plan.FREE, users=1, practices=1),
    Plan.STARTER: Limits(plan=Plan.STARTER, users=3, practices=2),
    Plan.PROFESSIONAL: Limits(plan=Plan.PROFESSIONAL, users=10, practices=10),
    Plan.ENTERPRISE: Limits(plan=Plan.ENTERPRISE, users=None, practices=None),
}
ORDER = list(PLANS)


def of(workspace: Workspace, *, now: datetime | None = None) -> Limits:
    """The best plan that holds now, and every extra that does."""
    now = now or timezone.now()
    running = [
        row
        for row in Entitlement.objects.within(workspace).filter(starts_at__lte=now)
        if row.ends_at is None or row.ends_at > now
    ]
    plans = [workspace.plan, *(row.plan for row in running if row.plan)]
    limits = PLANS[max(plans, key=ORDER.index)]
    return replace(
        limits,
        users=_raised(limits.users, running, Limit.USERS),
        practices=_raised(limits.practices, running, Limit.PRACTICES),
    )


def _raised(limit: int | None, running: list[Entitlement], name: Limit) -> int | None:
    if limit is None:
        return None
    return limit + sum(row.extra for row in running if row.limit == name)


def lock(workspace: Workspace) -> Workspace:
    """Whoever counts against a limit holds this first: two cannot both take the last seat."""
    return Workspace.objects.select_for_update().get(pk=workspace.pk)


def seats_taken(workspace: Workspace) -> int:
    """Open invitations count, for each may be accepted at any moment."""
    return (
        User.objects.within(workspace).count() + workspace.invitations.open(timezone.now()).count()
    )


def require_seat(workspace: Workspace) -> None:
    limits = of(workspace)
    if limits.users is not None and seats_taken(workspace) >= limits.users:
        raise ProblemError(
            _(
                "The %(plan)s plan has room for %(users)d: remove someone, withdraw an"
                " invitation, or choose a larger plan."
            )
            % {"plan": limits.plan.label, "users": limits.users}
        )


def require_practice(workspace: Workspace) -> None:
    limits = of(workspace)
    if (
        limits.practices is not None
        and Practice.objects.within(workspace).count() >= limits.practices
    ):
        raise ProblemError(
            _("The %(plan)s plan has room for %(practices)d practices: choose a larger plan.")
            % {"plan": limits.plan.label, "practices": limits.practices}
        )
