"""Which plan is in force for a workspace, and what it allows with all extras, in Python and SQL.

`workspaces.plans` has the table of what each plan includes.

The plan in force is the larger one of the plan stored on the workspace and the plans of the
entitlements that are running (payments, trials, grants by platform staff).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import sql
from core.errors import ProblemError
from workspaces import plans
from workspaces.models import Entitlement, Feature, LimitName, Plan, Practice, User, Workspace
from workspaces.plans import PLANS, Terms


@dataclass(frozen=True)
class Limits:
    """The plan in force and its limits with all extras. `None` means unlimited."""

    plan: Plan
    users: int | None
    practices: int | None
    given_by: Entitlement | None  # the entitlement behind the plan; None for the stored plan
    granted: frozenset[Feature] = frozenset()  # beyond the plan

    @property
    def terms(self) -> Terms:
        return PLANS[self.plan]

    @property
    def features(self) -> frozenset[Feature]:
        return self.terms.features | self.granted


@dataclass(frozen=True)
class Excess:
    """A workspace uses more than its plan allows. Nothing is removed, but nothing can be added."""

    limit: LimitName
    used: int
    allowed: int


@dataclass(frozen=True)
class EntitlementStanding:
    """Limits, excesses and running entitlements of a workspace, for the pages that show them."""

    limits: Limits
    over: list[Excess]
    running: list[Entitlement]
    used: dict[LimitName, int]  # active members, without open invitations, and practices


# The LEFT JOIN returns a row even without an entitlement, because each row carries the counts.
STANDING = """
SELECT e.id, e.source, e.plan, e."limit", e.extra, e.feature, e.starts_at, e.ends_at, e.note,
       e.reference,
       (SELECT count(*) FROM workspaces_user
         WHERE workspace_id = %(workspace)s AND is_active) AS users,
       (SELECT count(*) FROM workspaces_practice WHERE workspace_id = %(workspace)s) AS practices
FROM (SELECT) always
LEFT JOIN workspaces_entitlement e
    ON e.workspace_id = %(workspace)s AND e.starts_at <= %(now)s
    AND (e.ends_at IS NULL OR e.ends_at > %(now)s)
ORDER BY e.id
"""


def limits_of(workspace: Workspace, *, now: datetime | None = None) -> Limits:
    """Return the plan in force and its limits, with the extras of all running entitlements."""
    now = now or timezone.now()
    running = Entitlement.objects.within(workspace).filter(
        Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now
    )
    return _limits_with(workspace, list(running.order_by("id")))


def current_standing(workspace: Workspace, *, now: datetime | None = None) -> EntitlementStanding:
    """Return limits, excesses and entitlements. One query, because every page of an owner asks."""
    rows = sql.fetch(STANDING, workspace=workspace.pk, now=now or timezone.now())
    used = {LimitName.USERS: rows[0].pop("users"), LimitName.PRACTICES: rows[0].pop("practices")}
    fields = {field.name for field in Entitlement._meta.concrete_fields}
    running = [
        Entitlement(workspace=workspace, **{name: row[name] for name in row.keys() & fields})
        for row in rows
        if row["id"]
    ]
    limits = _limits_with(workspace, running)
    return EntitlementStanding(limits, _find_excesses(limits, used), running, used)


def _limits_with(workspace: Workspace, running: list[Entitlement]) -> Limits:
    """Return the limits of a workspace to which these entitlements are given."""
    best = max((row for row in running if row.plan), key=_plan_order, default=None)
    given_by = best if best and _plan_rank(best.plan) > _plan_rank(workspace.plan) else None
    plan = Plan(given_by.plan if given_by else workspace.plan)
    return Limits(
        plan=plan,
        users=_add_extras(PLANS[plan].users, running, LimitName.USERS),
        practices=_add_extras(PLANS[plan].practices, running, LimitName.PRACTICES),
        given_by=given_by,
        granted=frozenset(Feature(row.feature) for row in running if row.feature),
    )


def _plan_order(entitlement: Entitlement) -> tuple[int, bool, datetime]:
    """Sort by plan and then by end, so that a paid plan is named before a trial of the same."""
    return (
        _plan_rank(entitlement.plan),
        entitlement.ends_at is None,
        entitlement.ends_at or entitlement.starts_at,
    )


def _plan_rank(plan: str) -> int:
    return plans.ORDER.index(Plan(plan))


def _add_extras(limit: int | None, running: list[Entitlement], name: LimitName) -> int | None:
    if limit is None:
        return None
    return limit + sum(row.extra for row in running if row.limit == name)


def _find_excesses(limits: Limits, used: dict[LimitName, int]) -> list[Excess]:
    allowed = {LimitName.USERS: limits.users, LimitName.PRACTICES: limits.practices}
    return [
        Excess(limit=limit, used=used[limit], allowed=maximum)
        for limit, maximum in allowed.items()
        if maximum is not None and used[limit] > maximum
    ]


def has_feature(workspace: Workspace, feature: Feature, *, now: datetime | None = None) -> bool:
    return feature in limits_of(workspace, now=now).features


def has_feature_sql(feature: Feature) -> str:
    """Return `has_feature` as an SQL condition on a workspace `w` at the moment `%(now)s`."""
    plans_with_it = ", ".join(f"'{plan}'" for plan in plans.plans_with_feature(feature))
    return f"""(w.plan IN ({plans_with_it}) OR EXISTS (
        SELECT FROM workspaces_entitlement entitlement
        WHERE entitlement.workspace_id = w.id
          AND (entitlement.plan IN ({plans_with_it}) OR entitlement.feature = '{feature}')
          AND entitlement.starts_at <= %(now)s
          AND (entitlement.ends_at IS NULL OR entitlement.ends_at > %(now)s)))"""


def require_feature(workspace: Workspace, feature: Feature) -> None:
    if not has_feature(workspace, feature):
        raise ProblemError(
            _("%(feature)s is part of the %(plan)s plan: choose it under Billing.")
            % {"feature": feature.label, "plan": plans.plans_with_feature(feature)[0].label}
        )


def with_plan_in_force(rows: QuerySet[Workspace], *, now: datetime) -> QuerySet[Workspace]:
    """Annotate each workspace with `plan_rank`: the index in `plans.ORDER` of its plan in force.

    This is `limits_of(workspace).plan` for lists of workspaces, which must not query for each row.
    """
    rank = Case(
        *(When(plan=plan, then=index) for index, plan in enumerate(plans.ORDER)),
        default=0,
        output_field=IntegerField(),
    )
    running = Entitlement.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), workspace=OuterRef("pk"), starts_at__lte=now
    )
    best = running.annotate(plan_rank=rank).order_by("-plan_rank").values("plan_rank")[:1]
    return rows.annotate(plan_rank=Greatest(rank, Coalesce(Subquery(best), 0)))


def channel_note(workspace: Workspace) -> str:
    """Return a note for forms with a choice of channel, or "" if the plan includes WhatsApp."""
    limits = limits_of(workspace)
    if Feature.WHATSAPP in limits.features:
        return ""
    return _("The %(plan)s plan has no WhatsApp: an SMS is sent in its place.") % {
        "plan": limits.plan.label
    }


def lock_workspace(workspace: Workspace) -> Workspace:
    """Lock the workspace's row before counting against a limit.

    Without the lock two requests could both take the last seat.
    """
    return Workspace.objects.select_for_update().get(pk=workspace.pk)


def seats_taken(workspace: Workspace) -> int:
    """Count active members and open invitations, which can be accepted at any time.

    Suspended members take no place, so that somebody can work in their stead. To come back they
    need a free one. `STANDING` counts the same members.
    """
    members = User.objects.within(workspace).filter(is_active=True)
    return members.count() + workspace.invitations.open(timezone.now()).count()


def require_seat(workspace: Workspace) -> None:
    """Refuse another person when the plan has room for no more. Call it with the lock held."""
    limits = limits_of(workspace)
    if limits.users is None:
        return
    if seats_taken(workspace) >= limits.users:
        raise ProblemError(
            ngettext(
                "The %(plan)s plan has room for %(users)d person: remove someone, withdraw an"
                " invitation, or choose a larger plan.",
                "The %(plan)s plan has room for %(users)d people: remove someone, withdraw an"
                " invitation, or choose a larger plan.",
                limits.users,
            )
            % {"plan": limits.plan.label, "users": limits.users}
        )


def require_practice(workspace: Workspace) -> None:
    """Refuse another practice when the plan has room for no more. Call it with the lock held."""
    limits = limits_of(workspace)
    if limits.practices is None:
        return
    if Practice.objects.within(workspace).count() >= limits.practices:
        raise ProblemError(
            ngettext(
                "The %(plan)s plan has room for %(practices)d practice: choose a larger plan.",
                "The %(plan)s plan has room for %(practices)d practices: choose a larger plan.",
                limits.practices,
            )
            % {"plan": limits.plan.label, "practices": limits.practices}
        )
