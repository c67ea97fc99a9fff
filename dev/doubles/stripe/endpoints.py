"""What an endpoint is, and what all of them do alike: find, list by pages, expand."""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError

USUAL_PAGE, LARGEST_PAGE = 10, 100
DEEPEST = 4
PAGES = ("limit", "starting_after", "ending_before")
CREATED = ("created", "created[gt]", "created[gte]", "created[lt]", "created[lte]")


@dataclass(frozen=True)
class Call:
    account: Account
    form: Form
    path: str
    id: str = ""


class Endpoint(NamedTuple):
    method: str
    path: str
    act: Callable[[Call], Record]
    accepts: tuple[str, ...] = ()


def retrieve(kind: str) -> Callable[[Call], Record]:
    return lambda call: call.account.get(kind, call.id)


def listed(kind: str, *names: str) -> Callable[[Call], Record]:
    """All of a kind, narrowed by the parameters of these names where they are given."""

    def act(call: Call) -> Record:
        wanted = {name: call.form.text(name) for name in names if name in call.form}
        found = [
            record
            for record in call.account.of(kind)
            if all(as_text(record.get(name)) == value for name, value in wanted.items())
        ]
        return page(call, found)

    return act


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def page(call: Call, found: Iterable[Record]) -> Record:
    """The newest first, from a record on or up to one."""
    size = call.form.number("limit", USUAL_PAGE) or 0
    if not 1 <= size <= LARGEST_PAGE:
        raise RefusedError.invalid(f"This value must be between 1 and {LARGEST_PAGE}.", "limit")
    records = [record for record in found if in_time(record, call.form)][::-1]
    ids = [record["id"] for record in records]
    if after := call.form.text("starting_after"):
        records = records[position(ids, after, "starting_after") + 1 :]
        rest = records[size:]
        records = records[:size]
    elif before := call.form.text("ending_before"):
        records = records[: position(ids, before, "ending_before")]
        rest, records = records[:-size], records[-size:]
    else:
        rest, records = records[size:], records[:size]
    return list_of(records, call.path, has_more=bool(rest))


def in_time(record: Record, form: Form) -> bool:
    if "created" not in form:
        return True
    bounds = form.part("created") if isinstance(form.tree["created"], dict) else None
    made: int = record["created"]
    if bounds is None:
        return made == form.number("created")
    checks: Mapping[str, Callable[[int], bool]] = {
        "gt": lambda bound: made > bound,
        "gte": lambda bound: made >= bound,
        "lt": lambda bound: made < bound,
        "lte": lambda bound: made <= bound,
    }
    return all(check(bounds.number(n) or 0) for n, check in checks.items() if n in bounds)


def position(ids: list[str], wanted: str, param: str) -> int:
    if wanted not in ids:
        raise RefusedError.unknown("object", wanted, param)
    return ids.index(wanted)


def list_of(records: Iterable[Record], url: str, *, has_more: bool = False) -> Record:
    return {"object": "list", "data": [*records], "has_more": has_more, "url": url}


def invoice_payments(account: Account, invoice: Record) -> Record:
    found = account.of("invoice_payment", invoice=invoice["id"])
    return list_of(found, f"/v1/invoices/{invoice['id']}/payments")


def refunds(account: Account, charge: Record) -> Record:
    found = [*account.of("refund", charge=charge["id"])][::-1]
    return list_of(found, f"/v1/charges/{charge['id']}/refunds")


def line_items(account: Account, session: Record) -> Record:
    items = account.get("double.line_items", session["id"] + ".line_items")["data"]
    return list_of(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def subscriptions(account: Account, customer: Record) -> Record:
    found = [s for s in account.of("subscription", customer=customer["id"]) if not s["ended_at"]]
    return list_of(found[::-1], f"/v1/customers/{customer['id']}/subscriptions")


# Parts of an object that Stripe shows to those who ask for them only.
ON_REQUEST: dict[tuple[str, str], Callable[[Account, Record], Record]] = {
    ("invoice", "payments"): invoice_payments,
    ("charge", "refunds"): refunds,
    ("checkout.session", "line_items"): line_items,
    ("customer", "subscriptions"): subscriptions,
}


def shown(account: Account, record: Record, paths: Iterable[str]) -> Record:
    shown = copy.deepcopy(record)
    for path in paths:
        steps = path.split(".")
        if len(steps) - (shown["object"] == "list") > DEEPEST:
            raise RefusedError.invalid(
                f"You cannot expand more than {DEEPEST} levels of a property: {path}", "expand"
            )
        expand(account, shown, steps, path)
    return shown


def expand(account: Account, inside: Any, steps: list[str], path: str) -> None:
    if not steps or inside is None:
        return
    if isinstance(inside, list):
        for each in inside:
            expand(account, each, steps, path)
        return
    name, *rest = steps
    on_request = ON_REQUEST.get((inside.get("object", ""), name))
    if on_request and name not in inside:
        inside[name] = copy.deepcopy(on_request(account, inside))
    if name not in inside:
        raise RefusedError.invalid(f"This property cannot be expanded ({path}).", "expand")
    value = inside[name]
    if isinstance(value, str):
        if value not in account.records:
            raise RefusedError.invalid(f"This property cannot be expanded ({path}).", "expand")
        inside[name] = copy.deepcopy(account.records[value])
    elif isinstance(value, list):
        inside[name] = [
            copy.deepcopy(account.records[each]) if isinstance(each, str) else each
            for each in value
        ]
    expand(account, inside[name], rest, path)
