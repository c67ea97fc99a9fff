from dev.doubles.stripe.account import Record
from dev.doubles.stripe.endpoints import Call, Endpoint, page


def list_subscriptions(call: Call) -> Record:
    """List subscriptions: without `status=all` only those that have not ended."""
    form = call.form
    return page(
        call,
        (
            each
            for each in call.account.of("subscription")
            if form.text("customer") in ("", each["customer"])
            and (form.text("status") == "all" or not each["ended_at"])
        ),
    )


ENDPOINTS = [Endpoint("GET", "/v1/subscriptions", list_subscriptions)]
