"""What clinics paid for each credit that they spent in a period, on average.

A credit cannot be traced to a message, so this averages over the lots that were spent from in the
period. A credit of a plan costs the subscription's payments divided by all credits that it gave. A
credit of a pack costs the pack's payment divided by its credits. Opening credits cost nothing. The
price of credits that were granted by hand is unknown.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core import sql

CENTS = 100
MONTH = timedelta(days=30.4)

# Every lot, with how much of it was spent, and what was paid for it if a payment names it.
LOTS = """
SELECT l.workspace_id, e.kind, e.cause, l.amount, l.amount - l.remaining - l.withdrawn AS spent,
       l.withdrawn, l.expires_at, coalesce(p.currency, t.currency) AS currency,
       l.created_at < %(until)s AND l.spent_at >= %(since)s AS was_being_spent,
       coalesce(p.amount - p.refunded - p.disputed, t.amount) AS paid
FROM billing_creditlot l
JOIN billing_creditentry e ON e.id = l.entry_id
LEFT JOIN billing_payment p
    ON p.workspace_id = l.workspace_id AND p.kind = 'PACK'
   AND e.cause = 'payment:' || p.payment_intent
LEFT JOIN billing_banktransfer t
    ON t.workspace_id = l.workspace_id AND t.kind = 'PACK' AND e.cause = 'transfer:' || t.id
WHERE l.workspace_id = ANY(%(workspaces)s)
"""

SUBSCRIPTIONS = """
SELECT p.workspace_id, p.subscription, p.currency,
       sum(p.amount - p.refunded - p.disputed) AS paid,
       CASE WHEN w.stripe_subscription_id = p.subscription THEN w.current_period_end END AS until
FROM billing_payment p
JOIN workspaces_workspace w ON w.id = p.workspace_id
WHERE p.workspace_id = ANY(%(workspaces)s) AND p.kind = 'SUBSCRIPTION'
GROUP BY p.workspace_id, p.subscription, p.currency, until
UNION ALL
SELECT t.workspace_id, 'transfer-' || t.id, t.currency, t.amount, t.ends_at
FROM billing_banktransfer t
WHERE t.workspace_id = ANY(%(workspaces)s) AND t.kind = 'PLAN' AND t.withdrawn_at IS NULL
"""


@dataclass
class CreditPrices:
    """How many credits one workspace spent, and their price by currency."""

    spent: int = 0
    unknown: int = 0
    worth: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def is_known(self) -> bool:
        """Return whether all spent credits have a price, in one currency."""
        return self.spent > 0 and not self.unknown and len(self.worth) <= 1

    @property
    def currency(self) -> str:
        return next(iter(self.worth), "")

    @property
    def each(self) -> Decimal | None:
        """Return the average price of a spent credit, or None if it is unknown."""
        if not self.is_known:
            return None
        return sum(self.worth.values(), Decimal()) / self.spent


def credit_prices(
    workspaces: Iterable[UUID], *, since: datetime, until: datetime
) -> dict[UUID, CreditPrices]:
    """Return the prices of each workspace. `since` and `until` bound the time of spending."""
    ids = list(workspaces)
    lots = sql.fetch(LOTS, workspaces=ids, since=since, until=until)
    plans = _prices_of_plans(lots, sql.fetch(SUBSCRIPTIONS, workspaces=ids))
    by_workspace = {workspace_id: CreditPrices() for workspace_id in ids}
    for lot in lots:
        if lot["spent"] <= 0 or not lot["was_being_spent"]:
            continue
        prices = by_workspace[lot["workspace_id"]]
        prices.spent += lot["spent"]
        price = _price_of_credit(lot, plans)
        if price is None:
            prices.unknown += lot["spent"]
        elif price[1]:
            prices.worth[price[1]] += price[0] * lot["spent"]
    return by_workspace


Plans = dict[tuple[UUID, str], tuple[Decimal, str]]


def _price_of_credit(lot: dict[str, Any], plans: Plans) -> tuple[Decimal, str] | None:
    """Return the price and currency of one credit of a lot. Free ones have no currency."""
    if lot["cause"] == "opening":
        return Decimal(), ""
    if lot["paid"] is not None:
        kept = max(lot["amount"] - lot["withdrawn"], 1)
        return _from_cents(lot["paid"]) / kept, lot["currency"].upper()
    if subscription := _subscription_in_cause(lot["cause"]):
        return plans.get((lot["workspace_id"], subscription))
    return None


def _prices_of_plans(lots: list[dict[str, Any]], paid: list[dict[str, Any]]) -> Plans:
    """Return the price of one credit of each subscription that was paid in one currency."""
    given: dict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for lot in lots:
        if subscription := _subscription_in_cause(lot["cause"]):
            given[lot["workspace_id"], subscription].append(lot)
    payments: dict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for row in paid:
        payments[row["workspace_id"], row["subscription"]].append(row)
    prices: Plans = {}
    for key, rows in payments.items():
        months = given[key]
        credits = sum(lot["amount"] for lot in months) + _credits_to_come(months, rows[0]["until"])
        if credits and len(rows) == 1:  # paid in two currencies, it has no single price
            prices[key] = (_from_cents(rows[0]["paid"]) / credits, rows[0]["currency"].upper())
    return prices


def _credits_to_come(months: list[dict[str, Any]], until: datetime | None) -> int:
    """Return the credits that a yearly payment has paid for and that are not granted yet."""
    ends = [lot["expires_at"] for lot in months if lot["expires_at"]]
    if not ends or until is None:
        return 0
    last = max(ends)
    a_month = sum(lot["amount"] for lot in months if lot["expires_at"] == last)
    months_left = max(round((until - last) / MONTH), 0)
    return int(months_left * a_month)


def _subscription_in_cause(cause: str) -> str:
    """Return the subscription that a month's credits name as their cause, else ""."""
    kind, _, rest = cause.partition(":")
    return rest.partition(":")[0] if kind == "month" else ""


def _from_cents(cents: int | Decimal) -> Decimal:
    return Decimal(cents) / CENTS
