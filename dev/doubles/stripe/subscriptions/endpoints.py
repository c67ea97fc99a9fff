from dev.doubles.stripe.account import Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, page, retrieve
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import cancelling, changing

STATUSES = (
    *("active", "past_due", "unpaid", "canceled", "incomplete", "incomplete_expired"),
    *("trialing", "paused", "all", "ended"),
)
ENDED = ("canceled", "incomplete_expired")


def list_all(call: Call) -> Record:
    """Without a status, those that have not ended."""
    form = call.form
    status = form.one_of("status", STATUSES)

    def fits(subscription: Record) -> bool:
        if form.text("customer") not in ("", subscription["customer"]):
            return False
        if price := form.text("price"):
            prices = [item["price"]["id"] for item in subscription["items"]["data"]]
            if price not in prices:
                return False
        has_ended = subscription["status"] in ENDED
        if status == "all":
            return True
        if status == "ended":
            return has_ended
        return subscription["status"] == status if status else not has_ended

    return page(call, [each for each in call.account.of("subscription") if fits(each)])


def change(call: Call) -> Record:
    account, form = call.account, call.form
    subscription = account.get("subscription", call.id)
    proration = form.one_of("proration_behavior", changing.PRORATIONS, changing.LATER)
    if "metadata" in form:
        merged = subscription["metadata"] | form.metadata()
        account.change(subscription, "customer.subscription.updated", metadata=merged)
    for part in form.parts("items"):
        change_item(call, subscription, part, proration)
    if "cancel_at_period_end" in form:
        if form.flag("cancel_at_period_end"):
            cancelling.end_with_period(account, subscription)
        else:
            cancelling.go_on(account, subscription)
    elif "cancel_at" in form:
        change_end(call, subscription)
    return subscription


def change_item(call: Call, subscription: Record, part: Form, proration: str) -> None:
    ids = [item["id"] for item in subscription["items"]["data"]]
    if part.text("id") not in ids:
        raise RefusedError.invalid(
            "This subscription has one item here: name it by its id.", part.name("id")
        )
    price = call.account.get("price", part.required("price"), param=part.name("price"))
    changing.change_price(call.account, subscription, price, proration=proration)


def change_end(call: Call, subscription: Record) -> None:
    wish = call.form.text("cancel_at")
    if not wish:
        cancelling.go_on(call.account, subscription)
    elif wish in ("min_period_end", "max_period_end"):
        cancelling.end_with_period(call.account, subscription, in_portal=True)
    else:
        cancelling.end_at(call.account, subscription, call.form.number("cancel_at") or 0)


ENDPOINTS = [
    Endpoint(
        "GET",
        "/v1/subscriptions",
        list_all,
        ("customer", "price", "status", *PAGES, *CREATED),
    ),
    Endpoint("GET", "/v1/subscriptions/{id}", retrieve("subscription")),
    Endpoint(
        "POST",
        "/v1/subscriptions/{id}",
        change,
        (
            *("items[][id]", "items[][price]", "proration_behavior", "metadata[*]"),
            *("cancel_at_period_end", "cancel_at", "payment_behavior"),
        ),
    ),
    Endpoint(
        "DELETE",
        "/v1/subscriptions/{id}",
        lambda call: cancelling.end(call.account, call.account.get("subscription", call.id)),
        ("invoice_now", "prorate", "cancellation_details[comment]"),
    ),
]
