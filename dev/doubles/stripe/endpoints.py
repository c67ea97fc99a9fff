"""The type of an endpoint, and what endpoints share: retrieve, list by pages, expand."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.form import Form

DEFAULT_PAGE = 10


@dataclass(frozen=True)
class Call:
    account: Account
    form: Form
    path: str = ""
    id: str = ""


class Endpoint(NamedTuple):
    method: str
    path: str
    act: Callable[[Call], Record]


def retrieve(kind: str) -> Callable[[Call], Record]:
    return lambda call: call.account.get(kind, call.id)


def list_by(kind: str, *names: str) -> Callable[[Call], Record]:
    """List the records of a kind that have the values of these parameters, if they are given."""

    def act(call: Call) -> Record:
        wanted = {name: call.form.text(name) for name in names if name in call.form}
        return page(
            call,
            (
                record
                for record in call.account.of(kind)
                if all(_as_text(record.get(name)) == value for name, value in wanted.items())
            ),
        )

    return act


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def page(call: Call, records: Iterable[Record]) -> Record:
    """Return a page of the records, the newest first."""
    size = call.form.number("limit") or DEFAULT_PAGE
    since = call.form.part("created").number("gte") or 0
    newest_first = [record for record in records if record["created"] >= since][::-1]
    if after := call.form.text("starting_after"):
        newest_first = newest_first[[record["id"] for record in newest_first].index(after) + 1 :]
    return list_of(newest_first[:size], call.path, has_more=len(newest_first) > size)


def list_of(records: Iterable[Record], url: str, *, has_more: bool = False) -> Record:
    return {"object": "list", "data": [*records], "has_more": has_more, "url": url}


def expanded(account: Account, record: Record, paths: Iterable[str]) -> Record:
    """Return a copy in which the ids at these paths (`data.invoice`) are the objects."""
    copied = copy.deepcopy(record)
    for path in paths:
        _expand(account, copied, path.split("."))
    return copied


def _expand(account: Account, inside: Any, steps: list[str]) -> None:
    if isinstance(inside, list):
        for each in inside:
            _expand(account, each, steps)
    elif inside and steps:
        name, *rest = steps
        if isinstance(inside[name], str):
            inside[name] = copy.deepcopy(account.records[inside[name]])
        _expand(account, inside[name], rest)
