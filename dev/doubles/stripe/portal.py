"""Sessions and configurations of the customer portal. `pages/portal.py` has its page."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, list_by
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError

CONFIRM = "subscription_update_confirm"
CONFIGURATION = "billing_portal.configuration"
CONFIGURATIONS = "/v1/billing_portal/configurations"


def create_session(call: Call) -> Record:
    account, form = call.account, call.form
    customer = account.get("customer", form.required("customer"), param="customer")
    account.get(CONFIGURATION, form.required("configuration"), param="configuration")
    wanted = account.new_id("bps")
    return account.create(
        "billing_portal.session",
        "",
        id=wanted,
        customer=customer["id"],
        confirm=confirmation(account, form.part("flow_data")),
        locale=form.text("locale") or None,
        return_url=form.text("return_url") or None,
        url=f"{account.url}/portal/{wanted}",
    )


def confirmation(account: Account, flow: Form) -> Record | None:
    """Return the change of plan that the session asks to confirm, or None."""
    if flow.text("type") != CONFIRM:
        return None
    wish = flow.part(CONFIRM)
    subscription = account.get("subscription", wish.required("subscription"), param="subscription")
    (item,) = wish.parts("items")
    price = account.get("price", item.required("price"), param="price")
    if price["id"] == subscription["items"]["data"][0]["price"]["id"]:
        raise RefusedError.invalid("The subscription update must change something.", "price")
    return {"subscription": subscription["id"], "price": price["id"]}


def create_configuration(call: Call) -> Record:
    return call.account.create(CONFIGURATION, "bpc", active=True, metadata=call.form.metadata())


def change_configuration(call: Call) -> Record:
    """Accept the features and store none: the page of the double offers every plan."""
    return call.account.get(CONFIGURATION, call.id)


ENDPOINTS = [
    Endpoint("POST", "/v1/billing_portal/sessions", create_session),
    Endpoint("POST", CONFIGURATIONS, create_configuration),
    Endpoint("GET", CONFIGURATIONS, list_by(CONFIGURATION, "active")),
    Endpoint("POST", CONFIGURATIONS + "/{id}", change_configuration),
]
