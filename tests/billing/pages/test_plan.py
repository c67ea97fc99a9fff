"""The pages of the plan and of the credits, for owners."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import credits
from billing.models import EntryKind
from core import tenancy
from tests.billing.pages.pages import DAY, open_page, update_workspace, workspace_of
from tests.factories import (
    CreditEntryFactory,
    EntitlementFactory,
    UserFactory,
)
from workspaces.models import EntitlementSource, Plan, Role, User

pytestmark = pytest.mark.django_db
PAGES = ["billing", "billing_invoices", "billing_credits"]
ACTS = ["billing_subscribe", "billing_pack", "billing_portal"]


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_member_who_is_not_owner_cannot_open_billing(client: Client, role: Role, name: str) -> None:
    client.force_login(UserFactory.create(role=role))

    assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse(name)).status_code == 403
    assert reverse("billing") not in client.get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("right", "workspace", "said"),
    [
        (None, {}, "Free of charge."),
        (None, {"plan": Plan.ENTERPRISE}, "As agreed with us."),
        (
            {"source": EntitlementSource.TRIAL, "ends_at": timezone.now() + 9 * DAY},
            {},
            "Trial until",
        ),
        (
            {"source": EntitlementSource.ADMIN, "ends_at": timezone.now() + 9 * DAY},
            {},
            "Granted by us until",
        ),
        ({"source": EntitlementSource.ADMIN}, {}, "Granted by us."),
        (
            {"source": EntitlementSource.PAYMENT},
            {"subscription_status": "ACTIVE", "current_period_end": timezone.now() + 9 * DAY},
            "Paid; renewed on",
        ),
        (
            {"source": EntitlementSource.PAYMENT, "ends_at": timezone.now() + 9 * DAY},
            {"subscription_status": "ACTIVE", "cancel_at_period_end": True},
            "it is not renewed",
        ),
        (
            {"source": EntitlementSource.PAYMENT, "ends_at": timezone.now() + 5 * DAY},
            {"subscription_status": "PAST_DUE"},
            "The last payment failed; it holds until",
        ),
    ],
)
def test_plan_page_shows_plan_in_force_and_its_reason(
    client: Client,
    owner: User,
    right: dict[str, Any] | None,
    workspace: dict[str, Any],
    said: str,
) -> None:
    update_workspace(workspace_of(owner), **workspace)
    if right:
        EntitlementFactory.create(workspace=owner.workspace, plan=Plan.PROFESSIONAL, **right)

    assert said in open_page(client)


def test_plan_page_shows_usage_and_expiry_of_credits(client: Client, owner: User) -> None:
    UserFactory.create(workspace=owner.workspace)
    ends_at = timezone.now() + 20 * DAY
    CreditEntryFactory.create(
        workspace=owner.workspace,
        amount=500,
        cause=f"month:sub_1:{timezone.now():%Y-%m-%dT%H:%M:%SZ}:STARTER",
        expires_at=ends_at,
    )
    CreditEntryFactory.create(workspace=owner.workspace, kind=EntryKind.DEBIT, amount=-60)

    said = open_page(client)

    assert "2 of 1" in said
    assert "What is above the plan stays as it is" in said
    assert "Credits of the Starter plan, month from" in said
    assert said.index(">440<") < said.index("do not expire")
    assert "enough for 57 days" in said  # 490 left, 60 in the first week
    assert "60 credits" in said  # this week's bar


def test_movements_are_described_on_page_and_in_csv(client: Client, owner: User) -> None:
    workspace = workspace_of(owner)
    with tenancy.within(workspace.pk):
        credits.grant_credits(
            workspace=workspace, amount=7, cause="admin:1", by=None, note="=SUM(A1)"
        )
        credits.credit_purchase(workspace=workspace, amount=500, cause="pack:pi_1")
        credits.withdraw_credits(
            workspace=workspace, granted_by="pack:pi_1", at_most=20, cause="refund:re_1"
        )
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-3, cause="claim:1")
    CreditEntryFactory.create(amount=77, cause="foreign")

    said = open_page(client, "billing_credits")
    file = b"".join(
        client.get(reverse("billing_credits"), {"as": "csv"}).streaming_content  # type: ignore[attr-defined]
    ).decode()

    for words in ("Credits to begin with", "Granted by us", "Credits bought", "Messages sent"):
        assert words in said
        assert words in file
    assert "Taken back after a refund" in said
    assert "foreign" not in file
    assert "'=SUM(A1)" in file
    assert (
        "Messages sent"
        not in open_page(client, "billing_credits", kind="PURCHASE").split("<table")[1]
    )
