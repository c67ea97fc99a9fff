"""Build the credit ledger of the history.

Each month has a grant, debits for its messages, and an expiry of the rest once it is over.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing import credits
from billing.models import CreditEntry, EntryKind
from billing.months import Month
from dev.demo_data import moments
from dev.demo_data.story import Clinic
from messaging.models import Message
from workspaces.models import Workspace
from workspaces.plans import PLANS

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Allowance:
    """The credits of a month, which expire at its end."""

    amount: int
    cause: str
    begins: datetime
    ends: datetime
    note: str = ""


def build_entries(
    workspace: Workspace, messages: list[Message], allowances: Iterable[Allowance], *, now: datetime
) -> list[CreditEntry]:
    """Build the entries. Their ids are of now, so that they follow the opening entry."""
    spent = spent_by_day(messages)
    return [
        CreditEntry(workspace=workspace, **values)
        for allowance in allowances
        for values in entries_of_month(allowance, spent, now)
    ]


def granted_allowances(clinic: Clinic, *, first: date, until: date) -> Iterator[Allowance]:
    """Return the credits that platform staff granted."""
    for begins in month_starts(first, until):
        yield Allowance(
            clinic.credits_a_month,
            f"demo:month:{begins}",
            moments.at(begins, 0),
            moments.at(min(begins + MONTH, until), 0),
            f"Créditos del plan {clinic.plan.label}",
        )


def paid_allowances(
    clinic: Clinic, subscription: str, months: Iterable[Month]
) -> Iterator[Allowance]:
    for each in months:
        cause = f"{credits.monthly_cause(subscription, each.starts_at)}:{clinic.plan}"
        yield Allowance(PLANS[clinic.plan].credits, cause, each.starts_at, each.ends_at)


def spent_by_day(messages: list[Message]) -> Counter[date]:
    """Count the credits that the messages of each day cost: one for each attempt."""
    spent: Counter[date] = Counter()
    for message in messages:
        if message.sent_at:
            spent[message.sent_at.astimezone(moments.ZONE).date()] += message.attempt
    return spent


def month_starts(first: date, today: date) -> Iterator[date]:
    while first < today:
        yield first
        first += MONTH


def entries_of_month(
    allowance: Allowance, spent: Counter[date], now: datetime
) -> Iterator[dict[str, object]]:
    """Build the entries of a month. The rest expires only if the month is over."""
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
    for day in moments.each_day(begins, ends - timedelta(days=1)):
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
