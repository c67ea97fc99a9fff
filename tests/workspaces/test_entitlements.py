"""What a workspace's plan allows: the stored plan, entitlements and excess."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise, product

import pytest
from django.utils import timezone

from core import sql, tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import EntitlementFactory, PracticeFactory, UserFactory, WorkspaceFactory
from workspaces import banners, entitlements, plans, practices
from workspaces.entitlements import Excess
from workspaces.models import (
    Entitlement,
    EntitlementSource,
    Feature,
    LimitName,
    Plan,
    User,
    Workspace,
)
from workspaces.opening import NewClinic, open_workspace
from workspaces.plans import PACKS, PLANS, TRIAL

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def plan_of(workspace: Workspace, now: datetime) -> Plan:
    with tenancy.within(workspace.pk):
        return entitlements.limits_of(workspace, now=now).plan


def test_each_plan_includes_the_smaller_one() -> None:
    for smaller, larger in pairwise(PLANS.values()):
        assert smaller.features <= larger.features
        assert larger.users is None or (smaller.users or 0) < larger.users
        assert larger.practices is None or (smaller.practices or 0) < larger.practices


def test_price_keys_are_unique_and_found() -> None:
    keys = [
        price.lookup_key
        for terms in PLANS.values()
        for price in (terms.monthly, terms.yearly)
        if price
    ]

    assert [plans.plan_of_price(key) for key in keys] == [
        *[Plan.STARTER] * 2,
        *[Plan.PROFESSIONAL] * 2,
    ]
    assert [plans.find_pack(pack.lookup_key) for pack in PACKS] == [*PACKS]
    assert (plans.plan_of_price("credits_500"), plans.find_pack("starter_monthly")) == (None, None)
    assert len({*keys, *(pack.lookup_key for pack in PACKS)}) == len(keys) + len(PACKS)


def test_entitlement_is_in_force_from_start_until_end() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    EntitlementFactory.create(
        workspace=workspace,
        plan=Plan.STARTER,
        starts_at=MAY,
        ends_at=JUNE,
        source=EntitlementSource.PAYMENT,
    )
    moment = timedelta(microseconds=1)

    assert plan_of(workspace, MAY - moment) == Plan.FREE
    assert plan_of(workspace, MAY) == Plan.STARTER
    assert plan_of(workspace, JUNE - moment) == Plan.STARTER
    assert plan_of(workspace, JUNE) == Plan.FREE


def test_largest_running_plan_is_in_force() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    EntitlementFactory.create(
        workspace=workspace, plan=Plan.STARTER, source=EntitlementSource.PAYMENT
    )
    trial = EntitlementFactory.create(
        workspace=workspace, plan=Plan.PROFESSIONAL, source=EntitlementSource.TRIAL
    )
    EntitlementFactory.create(workspace=WorkspaceFactory.create(), plan=Plan.ENTERPRISE)

    with tenancy.within(workspace.pk):
        limits = entitlements.limits_of(workspace)

    assert (limits.plan, limits.given_by) == (Plan.PROFESSIONAL, trial)


SPANS = [(-2, None), (-2, 2), (-2, -1), (1, 2), (0, 2), (-2, 0)]  # days from and until, from now


def create_workspaces_with_every_plan(now: datetime) -> None:
    """Create one workspace for each stored plan, granted plan and span of time."""
    for stored, granted, (starts, ends) in product(Plan, Plan, SPANS):
        workspace = WorkspaceFactory.create(plan=stored)
        for plan in (granted, Plan.STARTER):
            EntitlementFactory.create(
                workspace=workspace,
                plan=plan,
                starts_at=now + timedelta(days=starts),
                ends_at=None if ends is None else now + timedelta(days=ends),
            )
    WorkspaceFactory.create(plan=Plan.STARTER)


def test_plan_in_force_is_the_same_in_a_list_and_for_one_workspace() -> None:
    now = timezone.now()
    create_workspaces_with_every_plan(now)

    with tenancy.platform("test"):
        rows = list(entitlements.with_plan_in_force(Workspace.objects.all(), now=now))
        for_each = {row.pk: entitlements.limits_of(row, now=now).plan for row in rows}
        in_list = {row.pk: plans.ORDER[row.plan_rank] for row in rows}  # type: ignore[attr-defined]  # annotated

    assert len(rows) > len(Plan) ** 2 * len(SPANS)
    assert in_list == for_each


def test_single_feature_is_granted_to_one_clinic_until_a_date() -> None:
    workspace, other = WorkspaceFactory.create_batch(2, plan=Plan.FREE)
    now = timezone.now()
    grant_feature(workspace, Feature.API, starts_at=now, days=30)

    with tenancy.platform("test"):
        assert entitlements.has_feature(workspace, Feature.API)
        assert not entitlements.has_feature(workspace, Feature.WEBHOOKS)
        assert not entitlements.has_feature(other, Feature.API)
        assert not entitlements.has_feature(workspace, Feature.API, now=now + timedelta(days=31))


def grant_feature(
    workspace: Workspace, feature: Feature, *, starts_at: datetime, days: int
) -> None:
    EntitlementFactory.create(
        workspace=workspace,
        source=EntitlementSource.ADMIN,
        plan="",
        feature=feature,
        starts_at=starts_at,
        ends_at=timezone.now() + timedelta(days=days),
    )


def test_has_feature_is_the_same_in_sql_and_in_python() -> None:
    now = timezone.now()
    create_workspaces_with_every_plan(now)
    for feature, days in product(Feature, (-1, 1)):
        workspace = WorkspaceFactory.create(plan=Plan.FREE)
        grant_feature(workspace, feature, starts_at=now - timedelta(days=2), days=days)

    with tenancy.platform("test"):
        workspaces = list(Workspace.objects.all())
        for feature in Feature:
            in_python = {
                workspace.pk
                for workspace in workspaces
                if entitlements.has_feature(workspace, feature, now=now)
            }
            condition = entitlements.has_feature_sql(feature)
            rows = sql.fetch(f"SELECT id FROM workspaces_workspace w WHERE {condition}", now=now)

            assert {row["id"] for row in rows} == in_python
            assert 0 < len(in_python) < len(workspaces)


@pytest.mark.parametrize("paid_until", [None, datetime(2999, 1, 1, tzinfo=UTC)])
def test_paid_plan_is_named_before_trial(paid_until: datetime | None) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    same = {"workspace": workspace, "plan": Plan.PROFESSIONAL}
    EntitlementFactory.create(
        **same, source=EntitlementSource.TRIAL, ends_at=timezone.now() + timedelta(days=3)
    )
    paid = EntitlementFactory.create(**same, source=EntitlementSource.PAYMENT, ends_at=paid_until)

    with tenancy.within(workspace.pk):
        assert entitlements.limits_of(workspace).given_by == paid
        assert entitlements.current_standing(workspace).limits.given_by == paid
        assert banners.list_banners(workspace) == []


def test_smaller_entitlement_does_not_reduce_stored_plan() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.ENTERPRISE)
    EntitlementFactory.create(workspace=workspace, plan=Plan.STARTER)

    with tenancy.within(workspace.pk):
        limits = entitlements.limits_of(workspace)

    assert (limits.plan, limits.given_by, limits.users) == (Plan.ENTERPRISE, None, None)


def test_extras_are_added_to_their_limit() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)
    for extra in (2, 3):
        EntitlementFactory.create(workspace=workspace, plan="", limit=LimitName.USERS, extra=extra)

    with tenancy.within(workspace.pk):
        limits = entitlements.limits_of(workspace)

    assert (limits.users, limits.practices) == (3 + 5, 2)


@pytest.mark.parametrize(
    ("feature", "plan"),
    [
        (Feature.WHATSAPP, Plan.STARTER),
        (Feature.API, Plan.PROFESSIONAL),
        (Feature.WEBHOOKS, Plan.PROFESSIONAL),
        (Feature.PUBLIC_REPORTS, Plan.PROFESSIONAL),
    ],
)
def test_refusal_names_plan_with_the_feature(feature: Feature, plan: Plan) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)

    with tenancy.within(workspace.pk), pytest.raises(ProblemError, match=str(plan.label)):
        entitlements.require_feature(workspace, feature)


def test_included_feature_is_not_refused() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)

    with tenancy.within(workspace.pk):
        entitlements.require_feature(workspace, Feature.WHATSAPP)
        assert not entitlements.has_feature(workspace, Feature.API)


def test_new_clinic_gets_two_weeks_of_professional() -> None:
    workspace = open_workspace(
        clinic=NewClinic("Clínica Nueva", "Centro", "EC", "America/Guayaquil", "es"),
        owner=User(email="ana@example.com", name="Ana"),
    )

    with tenancy.within(workspace.pk):
        trial = Entitlement.objects.get()
        event = AuditEvent.objects.get(action="trial.start")

    assert (trial.source, trial.plan, workspace.plan) == (
        EntitlementSource.TRIAL,
        TRIAL.plan,
        Plan.FREE,
    )
    assert trial.ends_at == trial.starts_at + timedelta(days=14)
    assert event.new["plan"] == "PROFESSIONAL"
    assert plan_of(workspace, trial.ends_at) == Plan.FREE


def test_downgrade_deletes_nothing_and_reports_excess() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    UserFactory.create_batch(3, workspace=workspace)
    PracticeFactory.create(workspace=workspace)

    with tenancy.within(workspace.pk):
        excess = [Excess(LimitName.USERS, used=3, allowed=1)]
        assert entitlements.current_standing(workspace).over == excess
        with pytest.raises(ProblemError, match=str(Plan.FREE.label)):
            entitlements.require_seat(workspace)
        assert User.objects.within(workspace).count() == 3


def test_unlimited_plan_has_no_excess() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.ENTERPRISE)
    UserFactory.create_batch(12, workspace=workspace)

    with tenancy.within(workspace.pk):
        assert entitlements.current_standing(workspace).over == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_additions_stay_within_limit() -> None:
    """In any order, there are never more practices than the larger plan allows."""
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    right = EntitlementFactory.create(workspace=workspace, plan=Plan.STARTER)
    owner = UserFactory.create(workspace=workspace)

    def add(number: int) -> bool:
        with tenancy.within(workspace.pk):
            try:
                practices.create_practice(
                    workspace=workspace,
                    details=practices.PracticeDetails(f"No. {number}"),
                    by=owner,
                )
            except ProblemError:
                return False
            return True

    def end() -> bool:
        with tenancy.within(workspace.pk):
            Entitlement.objects.filter(pk=right.pk).update(ends_at=timezone.now())
        return False

    added = sum(run_concurrently(*(partial(add, number) for number in range(7)), end))

    with tenancy.within(workspace.pk):
        assert 1 <= workspace.practices.count() == added <= 2
