from decimal import Decimal

import pytest

from billing.credit_prices import CreditPrices
from insights.brought.costs import cost_of
from insights.brought.funnel import Funnel
from insights.figures import Figures


def priced(worth: str, *, spent: int = 100, unknown: int = 0) -> CreditPrices:
    return CreditPrices(spent=spent, unknown=unknown, worth={"USD": Decimal(worth)})


def test_cost_is_credits_by_likely_review() -> None:
    cost = cost_of(Funnel(Figures(credits=90), likely=8), priced("5"))

    assert cost.credits_each == 11.25
    assert (cost.money, cost.currency) == (Decimal("4.50"), "USD")
    assert cost.money_each == Decimal("0.5625")


def test_cost_of_few_reviews_is_not_shown() -> None:
    cost = cost_of(Funnel(Figures(credits=90), likely=4), priced("5"))

    assert (cost.credits_each, cost.money_each) == (None, None)
    assert cost.money == Decimal("4.50")


@pytest.mark.parametrize(
    "prices", [None, priced("5", unknown=1), CreditPrices(spent=10)], ids=["hidden", "some", "free"]
)
def test_money_is_shown_only_where_every_credit_has_a_price(prices: CreditPrices | None) -> None:
    cost = cost_of(Funnel(Figures(credits=90), likely=9), prices)

    assert (cost.credits_each, cost.money, cost.money_each) == (10, None, None)
