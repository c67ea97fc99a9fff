"""Which states of a subscription count as what."""

from billing.stripe.subscription_states import LIVE, MAY_CHARGE, STATUSES


def test_clinic_with_a_live_subscription_cannot_buy_a_second() -> None:
    live = {theirs for theirs, ours in STATUSES.items() if ours in LIVE}

    assert live < MAY_CHARGE
    assert MAY_CHARGE - live == {"paused"}


def test_ended_or_never_begun_subscription_lets_a_clinic_buy() -> None:
    assert STATUSES.keys() - MAY_CHARGE == {"canceled", "incomplete", "incomplete_expired"}
