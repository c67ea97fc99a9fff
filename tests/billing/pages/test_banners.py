"""The banners about plans, payments and credits on every page."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from billing.models import EntryKind
from core import tenancy
from tests.billing.pages.pages import DAY, open_page, update_workspace, workspace_of
from tests.factories import (
    CreditEntryFactory,
    EntitlementFactory,
    PracticeFactory,
    UserFactory,
)
from workspaces import banners
from workspaces.models import EntitlementSource, LimitName, Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


def exceed_plan(workspace: Workspace) -> None:
    PracticeFactory.create_batch(2, workspace=workspace)


def end_trial_soon(workspace: Workspace) -> None:
    EntitlementFactory.create(
        workspace=workspace,
        plan=Plan.PROFESSIONAL,
        source=EntitlementSource.TRIAL,
        ends_at=timezone.now() + 4 * DAY,
    )


def fail_payment(workspace: Workspace) -> None:
    update_workspace(workspace, subscription_status="PAST_DUE")
    EntitlementFactory.create(
        workspace=workspace,
        plan=Plan.STARTER,
        source=EntitlementSource.PAYMENT,
        ends_at=timezone.now() + 6 * DAY,
    )


def end_grace(workspace: Workspace) -> None:
    update_workspace(workspace, subscription_status="PAST_DUE")


def have_few_credits(workspace: Workspace) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-40)


def have_no_credits(workspace: Workspace) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-50)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (exceed_plan, "The Free plan has room for 1 practice and you have 2."),
        (end_trial_soon, "Your trial of the Professional plan ends on"),
        (fail_payment, "Your last payment failed. Pay by"),
        (end_grace, "so the limits of the Free plan hold."),
        (have_few_credits, "10 credits are left."),
        (have_no_credits, "There are no credits left"),
    ],
)
def test_banner_is_shown_to_owner_on_every_page_and_to_nobody_else(
    client: Client, owner: User, happens: Callable[[Workspace], None], said: str
) -> None:
    happens(workspace_of(owner))

    assert said in open_page(client, "profile")
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR))
    assert escape(said) not in open_page(client, "profile")


def test_workspace_without_problems_has_no_banner(client: Client, owner: User) -> None:
    EntitlementFactory.create(
        workspace=owner.workspace, source=EntitlementSource.TRIAL, ends_at=timezone.now() + 6 * DAY
    )
    EntitlementFactory.create(workspace=owner.workspace, plan="", limit=LimitName.USERS, extra=2)

    assert 'class="alert' not in open_page(client, "profile").split("<main")[1].split("</main")[0]


def test_banners_cost_one_query_and_one_of_each_higher_app(owner: User) -> None:
    workspace = workspace_of(owner)
    for happens in (exceed_plan, end_trial_soon, fail_payment, have_few_credits):
        happens(workspace)

    with tenancy.within(workspace.pk):
        workspace.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told = banners.list_banners(workspace)

    # The trial's limits hold, so that nothing is above them.
    assert len(told) == 3
    assert len(queries) == 1 + len(banners.sources)
