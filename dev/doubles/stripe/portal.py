"""Sessions of the customer portal, and what it is to offer. The pages are what a customer sees."""

from typing import Any

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, listed, retrieve
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError

CONFIRM = "subscription_update_confirm"
FLOWS = ("payment_method_update", "subscription_cancel", "subscription_update", CONFIRM)


def create(call: Call) -> Record:
    account, form = call.account, call.form
    customer = account.get("customer", form.required("customer"), param="customer")
    wanted = account.new_id("bps")
    return account.add(
        {
            "id": wanted,
            "object": "billing_portal.session",
            "configuration": configuration_of(account, form),
            "created": account.now(),
            "customer": customer["id"],
            "flow": flow_of(account, form.part("flow_data")) if "flow_data" in form else None,
            "livemode": False,
            "locale": form.text("locale") or None,
            "on_behalf_of": None,
            "return_url": form.text("return_url") or None,
            "url": f"{account.url}/portal/{wanted}",
        },
    )


def configuration_of(account: Account, form: Form) -> str:
    if wanted := form.text("configuration"):
        found = account.get("billing_portal.configuration", wanted, param="configuration")
    else:
        found = next(account.of("billing_portal.configuration", is_default=True), {})
    if not found:
        raise RefusedError.invalid(
            "No configuration provided and your test mode default configuration has not been"
            " created. Provide a configuration or create your default by saving your customer"
            " portal settings in test mode."
        )
    return str(found["id"])


def flow_of(account: Account, form: Form) -> Record:
    kind = form.one_of("type", FLOWS) or form.required("type")
    flow: Record = {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": None,
            "type": "portal_homepage",
        },
        "subscription_cancel": None,
        "subscription_update": None,
        CONFIRM: None,
        "type": kind,
    }
    if kind == CONFIRM:
        wish = form.part(CONFIRM)
        param = wish.name("subscription")
        subscription = account.get("subscription", wish.required("subscription"), param=param)
        (item,) = wish.parts("items")
        price = account.get("price", item.required("price"), param=item.name("price"))
        if price["id"] == subscription["items"]["data"][0]["price"]["id"]:
            raise RefusedError.invalid(
                "The subscription update must change something.", item.name("price")
            )
        flow[CONFIRM] = {
            "discounts": None,
            "items": [{"id": item.text("id"), "price": price["id"], "quantity": 1}],
            "subscription": subscription["id"],
        }
    return flow


def configure(call: Call) -> Record:
    """The first one is the default, as if it had been saved in the dashboard."""
    account = call.account
    return account.add(
        {
            "id": account.new_id("bpc"),
            "object": "billing_portal.configuration",
            "active": True,
            "application": None,
            "business_profile": {
                "headline": None,
                "privacy_policy_url": None,
                "terms_of_service_url": None,
            },
            "created": account.now(),
            "default_return_url": call.form.text("default_return_url") or None,
            "features": settings_of(call.form.part("features").tree),
            "is_default": not any(account.of("billing_portal.configuration")),
            "livemode": False,
            "login_page": {"enabled": False, "url": None},
            "metadata": call.form.metadata(),
            "name": call.form.text("name") or None,
            "updated": account.now(),
        },
        "billing_portal.configuration.created",
    )


def change_configuration(call: Call) -> Record:
    found, form = call.account.get("billing_portal.configuration", call.id), call.form
    values: Record = {"updated": call.account.now()}
    if "features" in form:
        values["features"] = settings_of(form.part("features").tree)
    if "metadata" in form:
        values["metadata"] = found["metadata"] | form.metadata()
    if "active" in form:
        values["active"] = form.flag("active")
    if "default_return_url" in form:
        values["default_return_url"] = form.text("default_return_url")
    return call.account.change(found, "billing_portal.configuration.updated", **values)


def settings_of(told: Record) -> Any:
    """As they were meant: lists by their numbers, yes and no."""
    if told and all(key.isdecimal() for key in told):
        return [settings_of(value) if isinstance(value, dict) else value for value in told.values()]
    answers = {"true": True, "false": False}
    return {
        key: settings_of(value) if isinstance(value, dict) else answers.get(value, value)
        for key, value in told.items()
    }


ASKED = ("customer", "return_url", "locale", "configuration", "flow_data[**]")
OFFERED = ("active", "default_return_url", "features[**]", "metadata[*]", "name")
CONFIGURATIONS = "/v1/billing_portal/configurations"

ENDPOINTS = [
    Endpoint("POST", "/v1/billing_portal/sessions", create, ASKED),
    Endpoint("POST", CONFIGURATIONS, configure, OFFERED),
    Endpoint(
        "GET",
        CONFIGURATIONS,
        listed("billing_portal.configuration", "active", "is_default"),
        ("active", "is_default", *PAGES, *CREATED),
    ),
    Endpoint("GET", CONFIGURATIONS + "/{id}", retrieve("billing_portal.configuration")),
    Endpoint("POST", CONFIGURATIONS + "/{id}", change_configuration, OFFERED),
]
