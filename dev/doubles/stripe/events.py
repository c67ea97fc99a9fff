"""Events can be asked for again, for as long as they are remembered."""

from dev.doubles.stripe.account import Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, page, retrieve


def list_all(call: Call) -> Record:
    form = call.form
    kinds = {*form.texts("types")} or {form.text("type")} - {""}

    def fits(event: Record) -> bool:
        if kinds and event["type"] not in kinds:
            return False
        if "delivery_success" in form:
            return form.flag("delivery_success") != bool(event["pending_webhooks"])
        return True

    return page(call, [event for event in call.account.of("event") if fits(event)])


ENDPOINTS = [
    Endpoint(
        "GET", "/v1/events", list_all, ("type", "types[]", "delivery_success", *PAGES, *CREATED)
    ),
    Endpoint("GET", "/v1/events/{id}", retrieve("event")),
]
