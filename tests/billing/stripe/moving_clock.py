"""A clock that tests can move, for our code and for Stripe's double."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from django.utils import timezone

from tests.dev.doubles.stripe.stage import SignedEvent, StripeDouble

P = ParamSpec("P")
T = TypeVar("T")


class Clock:
    """The real time plus an offset. Our code and the double read it."""

    def __init__(self) -> None:
        self.real = timezone.now
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.real() + self.ahead


CLOCK = Clock()
ONE_DOUBLE: list[StripeDouble] = []


def seeded_random(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # an order of events is no secret


def signed_now(stripe: StripeDouble, told: SignedEvent) -> SignedEvent:
    """Sign the event again, because a signature is accepted for five minutes only."""
    return replace(told, signature=stripe.signed(told.body))


def pick(rows: Sequence[T], which: int) -> Sequence[T]:
    """Return a list with one of the rows, or an empty list."""
    return rows[which % len(rows) :][:1] if rows else []


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.get_default_timezone())
