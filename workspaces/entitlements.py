"""May this workspace? The one answer: the stored plan, and what was granted on top for a time."""

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
from workspaces.models import Entitlement, LimitName, Plan, Practice, User, Workspace
from workspaces.plans import PLANS, Feature, Terms


@dataclass(frozen=True)
class Limits:
    """What holds now. `None` is without limit."""

    plan: Plan
    users: int | None
    practices: int | None
    given_by: Entitlement | None  # what gives the plan, where it is not the stored one

    @property
    def terms(self) -> Terms:
        return PLANS[self.plan]

    @property
    def features(self) -> frozenset[Feature]:
        return self.terms.features


@dataclass(frozen=True)
class Excess:
    """More than the plan has room for. It stays; nothing is added to it."""

    limit: LimitName
    used: int
    allowed: int


@dataclass(frozen=True)
class EntitlementStanding:
    """Everything about a workspace and its plan, for whoever shows it."""

    limits: Limits
    over: list[Excess]
    running: list[Entitlement]  # what holds now beside the stored plan


# One row at least, for the counts come with each.
STANDING = """
SELECT e.id, e.source, e.plan, e."limit", e.extra, e.starts_at, e.ends_at, e.note, e.reference,
       (SELECT count(*) FROM workspaces_user WHERE workspace_id = %(workspace)s) AS users,
       (SELECT count(*) FROM workspaces_practice WHERE workspace_id = %(workspace)s) AS practices
FROM (SELECT) one
LEFT JOIN workspaces_entitlement e
    ON e.workspace_id = %(workspace)s AND e.starts_at <= %(now)s
    AND (e.ends_at IS NULL OR e.ends_at > %(now)s)
ORDER BY e.id
"""


def limits_of(workspace: Workspace, *, now: datetime | None = None) -> Limits:
    """The best plan that holds now, and every extra that does."""
    now = now or timezone.now()
    running = Entitlement.objects.within(workspace).filter(
        Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now
    )
    return _limits(workspace, list(running.order_by("id")))


def current_standing(workspace: Workspace, *, now: datetime | None = None) -> EntitlementStanding:
    """In one query, for every page of an owner asks."""
    rows = sql.fetch(STANDING, workspace=workspace.pk, now=now or timezone.now())
    used = {LimitName.USERS: rows[0].pop("users"), LimitName.PRACTICES: rows[0].pop("practices")}
    fields = {field.name for field in Entitlement._meta.concrete_fields}
    running = [
        Entitlement(workspace=workspace, **{name: row[name] for name in row.keys() & fields})
        for row in rows
        if row["id"]
    ]
    limits = _limits(workspace, running)
    return EntitlementStanding(limits, _excess(limits, used), running)


def _limits(workspace: Workspace, running: list[Entitlement]) -> Limits:
    best = max((row for row in running if row.plan), key=_worth, default=None)
    is_better = best is not None and _rank(best.plan) > _rank(workspace.plan)
    given_by = best if is_better else None
    plan = Plan(given_by.plan if given_by else workspace.plan)
    return Limits(
        plan=plan,
        users=_raised(PLANS[plan].users, running, LimitName.USERS),
        practices=_raised(PLANS[plan].practices, running, LimitName.PRACTICES),
        given_by=given_by,
    )


def _worth(right: Entitlement) -> tuple[int, bool, datetime]:
    """Of equal plans the one that lasts longest: a plan that is paid outlasts its trial."""
    return _rank(right.plan), right.ends_at is None, right.ends_at or right.starts_at


def _rank(plan: str) -> int:
    return plans.ORDER.index(Plan(plan))


def _raised(limit: int | None, running: list[Entitlement], name: LimitName) -> int | None:
    if limit is None:
        return None
    return limit + sum(row.extra for row in running if row.limit == name)


def _excess(limits: Limits, used: dict[LimitName, int]) -> list[Excess]:
    allowed = {LimitName.USERS: limits.users, LimitName.PRACTICES: limits.practices}
    return [
        Excess(limit=limit, used=used[limit], allowed=room)
        for limit, room in allowed.items()
        if room is not None and used[limit] > room
    ]


def has_feature(workspace: Workspace, feature: Feature) -> bool:
    return feature in limits_of(workspace).features


def require_feature(workspace: Workspace, feature: Feature) -> None:
    if not has_feature(workspace, feature):
        raise ProblemError(
            _("%(feature)s is part of the %(plan)s plan: choose it under Billing.")
            % {"feature": feature.label, "plan": plans.plans_with_feature(feature)[0].label}
        )


def holds_in_sql(feature: Feature) -> str:
    """`has` for statements that look at many: of a workspace `w`, at the moment %(now)s."""
    having = ", ".join(f"'{plan}'" for plan in plans.plans_with_feature(feature))
    return f"""(w.plan IN ({having}) OR EXISTS (
        SELECT FROM workspaces_entitlement e
        WHERE e.workspace_id = w.id AND e.plan IN ({having})
          AND e.starts_at <= %(now)s AND (e.ends_at IS NULL OR e.ends_at > %(now)s)))"""


def with_plan_in_force(rows: QuerySet[Workspace], *, now: datetime) -> QuerySet[Workspace]:
    """Annotate each workspace with `plan_rank`, the place in `plans.ORDER` of its plan from `of`.

    In the same query, because lists of many workspaces must not ask for each of them.
    """
    rank = Case(
        *(When(plan=plan, then=place) for place, plan in enumerate(plans.ORDER)),
        default=0,
        output_field=IntegerField(),
    )
    running = Entitlement.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), workspace=OuterRef("pk"), starts_at__lte=now
    )
    best = running.annotate(plan_rank=rank).order_by("-plan_rank").values("plan_rank")[:1]
    return rows.annotate(plan_rank=Greatest(rank, Coalesce(Subquery(best), 0)))


def channel_note(workspace: Workspace) -> str:
    """For wherever a channel is chosen that the plan may not have."""
    limits = limits_of(workspace)
    if Feature.WHATSAPP in limits.features:
        return ""
    return _("The %(plan)s plan has no WhatsApp: an SMS is sent in its place.") % {
        "plan": limits.plan.label
    }


def over(workspace: Workspace) -> list[Excess]:
    """What a smaller plan left behind. Nothing is taken away; only new things stop."""
    return current_standing(workspace).over


def lock_workspace(workspace: Workspace) -> Workspace:
    """Whoever counts against a limit holds this first: two cannot both take the last seat."""
    return Workspace.objects.select_for_update().get(pk=workspace.pk)


def seats_taken(workspace: Workspace) -> int:
    """Open invitations count, for each may be accepted at any moment."""
    return (
        User.objects.within(workspace).count() + workspace.invitations.open(timezone.now()).count()
    )


def require_seat(workspace: Workspace) -> None:
    limits = limits_of(workspace)
    if limits.users is not None and seats_taken(workspace) >= limits.users:
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
    limits = limits_of(workspace)
    if (
        limits.practices is not None
        and Practice.objects.within(workspace).count() >= limits.practices
    ):
        raise ProblemError(
            ngettext(
                "The %(plan)s plan has room for %(practices)d practice: choose a larger plan.",
                "The %(plan)s plan has room for %(practices)d practices: choose a larger plan.",
                limits.practices,
            )
            % {"plan": limits.plan.label, "practices": limits.practices}
        )
