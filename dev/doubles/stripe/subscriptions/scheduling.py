"""A smaller plan that begins with the next period: the present one was paid until then."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.subscriptions import periods


def is_smaller(present: Record, price: Record) -> bool:
    """Less money, or a shorter rhythm: for these the portal waits."""
    shorter = periods.later(0, price) < periods.later(0, present)
    return shorter or (
        price["recurring"] == present["recurring"] and price["unit_amount"] < present["unit_amount"]
    )


def at_period_end(account: Account, subscription: Record, price: Record) -> None:
    release(account, subscription)
    item = subscription["items"]["data"][0]
    start, end = item["current_period_start"], item["current_period_end"]
    schedule: Record = {
        "id": account.new_id("sub_sched"),
        "object": "subscription_schedule",
        "canceled_at": None,
        "completed_at": None,
        "created": account.now(),
        "current_phase": {"end_date": end, "start_date": start},
        "customer": subscription["customer"],
        "end_behavior": "release",
        "livemode": False,
        "metadata": {},
        "phases": [
            {"start_date": start, "end_date": end, "items": [phase_item(item["price"])]},
            {"start_date": end, "end_date": None, "items": [phase_item(price)]},
        ],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": subscription["id"],
    }
    account.add(schedule, "subscription_schedule.created")
    account.change(subscription, "customer.subscription.updated", schedule=schedule["id"])


def phase_item(price: Record) -> Record:
    return {"price": price["id"], "quantity": 1}


def next_price(account: Account, subscription: Record) -> Record | None:
    if not subscription["schedule"]:
        return None
    schedule = account.get("subscription_schedule", subscription["schedule"])
    return account.get("price", schedule["phases"][1]["items"][0]["price"])


def release(account: Account, subscription: Record) -> None:
    """All stays as it is; nobody plans anything for it any more."""
    if not subscription["schedule"]:
        return
    schedule = account.get("subscription_schedule", subscription["schedule"])
    account.change(
        schedule,
        "subscription_schedule.released",
        status="released",
        released_at=account.now(),
        released_subscription=subscription["id"],
    )
    account.change(subscription, "customer.subscription.updated", schedule=None)
