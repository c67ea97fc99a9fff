"""What the conversations cost.

Month by month credits come, are spent, and the rest expires, but for the month in progress.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing import credits
from billing.models import CreditEntry, EntryKind
from billing.stripe.months import Month
from dev.demo_data import moments
from dev.demo_data.story import Clinic
from messaging.models import Message
from workspaces.models import Workspace
from workspaces.plans import PLANS

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Allowance:
    """Credits that came with a month, and end with it."""

    amount: int
    cause: str
    begins: datetime
    ends: datetime
    note: str = ""


def entries(
    workspace: Workspace, messages: list[Message], allowances: Iterable[Allowance], *, now: datetime
) -> list[CreditEntry]:
    """Their ids are of today, as that of the opening entry is, which is older than all of them."""
    spent = spent_by_day(messages)
    return [
        CreditEntry(workspace=workspace, **values)
        for allowance in allowances
        for values in month(allowance, spent, now)
    ]


def granted(clinic: Clinic, *, first: date, until: date) -> Iterator[Allowance]:
    """By us, month by month."""
    for begins in starts(first, until):
        yield Allowance(
            clinic.credits_a_month,
            f"demo:month:{begins}",
            moments.at(begins, 0),
            moments.at(min(begins + MONTH, until), 0),
            f"Créditos del plan {clinic.plan.label}",
        )


def paid(clinic: Clinic, subscription: str, months: Iterable[Month]) -> Iterator[Allowance]:
    for each in months:
        cause = f"{credits.monthly_cause(subscription, each.starts_at)}:{clinic.plan}"
        yield Allowance(PLANS[clinic.plan].credits, cause, each.starts_at, each.ends_at)


def spent_by_day(messages: list[Message]) -> Counter[date]:
    """Each attempt that reached the provider cost a credit."""
    spent: Counter[date] = Counter()
    for message in messages:
        if message.sent_at:
            spent[message.sent_at.astimezone(moments.ZONE).date()] += message.attempt
    return spent


def starts(first: date, today: date) -> Iterator[date]:
    while first < today:
        yield first
        first += MONTH


def month(allowance: Allowance, spent: Counter[date], now: datetime) -> Iterator[dict[str, object]]:
    """What is left of a month in progress is there to be spent."""
    begins, ends = (at.astimezone(moments.ZONE).date() for at in (allowance.begins, allowance.ends))
    yield {
        "created_at": allowance.begins,
        "kind": EntryKind.GRANT,
        "amount": allowance.amount,
        "cause": allowance.cause,
        "note": allowance.note,
        "expires_at": allowance.ends,
    }
    rest = allowance.amount
    for day in moments.days(begins, ends - timedelta(days=1)):
        if spent[day]:
            rest -= spent[day]
            yield {
                "created_at": moments.at(day, 23),
                "kind": EntryKind.DEBIT,
                "amount": -spent[day],
                "cause": f"demo:day:{day}",
            }
    if rest and allowance.ends <= now:
        yield {
            "created_at": allowance.ends,
            "kind": EntryKind.EXPIRY,
            "amount": -rest,
            "cause": f"demo:rest:{begins}",
        }
