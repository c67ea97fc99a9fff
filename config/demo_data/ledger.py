"""What the conversations cost.

Month by month credits come, are spent, and the rest expires, so that the history as a whole leaves
the balance as it was.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from config.demo_data import moments
from config.demo_data.story import Clinic
from messaging.models import Message
from workspaces.models import CreditEntry, EntryKind, Workspace

MONTH = timedelta(days=30)


def entries(
    clinic: Clinic, workspace: Workspace, messages: list[Message], *, first: date, today: date
) -> list[CreditEntry]:
    """Their ids are of today, as that of the opening entry is, which is older than all of them."""
    spent = spent_by_day(messages)
    return [
        CreditEntry(workspace=workspace, **values)
        for begins in starts(first, today)
        for values in month(clinic, spent, begins, min(begins + MONTH, today))
    ]


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


def month(
    clinic: Clinic, spent: Counter[date], begins: date, ends: date
) -> Iterator[dict[str, object]]:
    last = ends - timedelta(days=1)
    yield {
        "created_at": moments.at(begins, 0),
        "kind": EntryKind.GRANT,
        "amount": clinic.credits_a_month,
        "cause": f"demo:month:{begins}",
        "note": f"Créditos del plan {clinic.plan.label}",
        "expires_at": moments.at(ends, 0),
    }
    rest = clinic.credits_a_month
    for day in moments.days(begins, last):
        if spent[day]:
            rest -= spent[day]
            yield {
                "created_at": moments.at(day, 23),
                "kind": EntryKind.DEBIT,
                "amount": -spent[day],
                "cause": f"demo:day:{day}",
            }
    if rest:
        yield {
            "created_at": moments.at(ends, 0),
            "kind": EntryKind.EXPIRY,
            "amount": -rest,
            "cause": f"demo:rest:{begins}",
        }
