"""What a likely review cost: the credits of the messages that were sent in the days of its ask.

Credits are those of `Figures.credits`: one for each message that left, with reminders, answers and
follow-ups. Money is what the clinic paid for each credit that it spent in these days, on average
(`billing/credit_prices.py`), and unknown where a part of them has no price.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from billing.credit_prices import CreditPrices, credit_prices
from insights.brought.funnel import Funnel
from insights.figures import FEWEST_DRAWN
from insights.periods import Period
from workspaces.models import Workspace
from workspaces.practices import workspace_time_zone


@dataclass(frozen=True)
class ReviewCost:
    """`price` is that of one credit, in `currency`. It is None if it is unknown or not shown."""

    credits: int
    likely: int
    price: Decimal | None = None
    currency: str = ""

    @property
    def has_enough(self) -> bool:
        """Return whether the cost of one review is shown. With fewer, one review moves it."""
        return self.likely >= FEWEST_DRAWN

    @property
    def credits_each(self) -> float | None:
        return self.credits / self.likely if self.has_enough else None

    @property
    def money(self) -> Decimal | None:
        return None if self.price is None else self.price * self.credits

    @property
    def money_each(self) -> Decimal | None:
        return self.money / self.likely if self.money is not None and self.has_enough else None


def cost_of(funnel: Funnel, prices: CreditPrices | None = None) -> ReviewCost:
    is_priced = prices is not None and prices.each is not None and bool(prices.currency)
    return ReviewCost(
        credits=funnel.figures.credits,
        likely=funnel.likely,
        price=prices.each if prices and is_priced else None,
        currency=prices.currency if prices and is_priced else "",
    )


def read_prices(workspace: Workspace, period: Period) -> CreditPrices:
    """Return what the credits that were spent in the period were paid with."""
    zone = workspace_time_zone(workspace)
    since = datetime.combine(period.first, time(), zone)
    until = datetime.combine(period.last + timedelta(days=1), time(), zone)
    return credit_prices([workspace.pk], since=since, until=until)[workspace.pk]
