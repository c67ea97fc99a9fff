"""Write the file of the double of Stripe with what was paid in the demo, if it has none yet."""

import json
from datetime import timedelta
from pathlib import Path

from django.utils import timezone, translation

from config import embedded
from core import tenancy
from dev.demo.__main__ import PAYMENTS
from dev.demo_data.paying.shop import add_subscription, open_shop
from dev.demo_data.story import DEMO
from dev.doubles.stripe import snapshot
from dev.doubles.stripe.account import Account
from workspaces.models import Entitlement, Plan


def account_file() -> Path:
    return embedded.local() / PAYMENTS


def write_account() -> None:
    if not account_file().exists():
        account_file().write_text(json.dumps(snapshot.dump(build_account())), encoding="utf-8")


def build_account() -> Account:
    """Build the double's account from our tables. If the file is lost, it is built again."""
    with translation.override("es"), tenancy.platform("demo"):
        account = open_shop()
        right = (
            Entitlement.objects.filter(workspace_id=DEMO.id, source="PAYMENT")
            .select_related("workspace")
            .first()
        )
        if right and right.workspace.current_period_end:
            until = min(timezone.now(), right.workspace.current_period_end - timedelta(seconds=1))
            plan, since = Plan(right.plan), right.starts_at
            add_subscription(account, right.workspace, plan, since=since, until=until)
    return account
