"""Sessions of the customer portal. What a customer does there is in the pages."""

from workspaces.billing.double.account import Record, new_id
from workspaces.billing.double.endpoints import Call, Endpoint

ACCEPTED = (
    *("customer", "return_url", "locale", "configuration", "flow_data[type]"),
    *("flow_data[subscription_cancel][subscription]",),
    *("flow_data[subscription_update][subscription]",),
)


def create(call: Call) -> Record:
    account, form = call.account, call.form
    customer = account.get("customer", form.required("customer"), param="customer")
    wanted = new_id("bps")
    return account.add(
        {
            "id": wanted,
            "object": "billing_portal.session",
            "configuration": form.text("configuration") or "bpc_double",
            "created": account.now(),
            "customer": customer["id"],
            "flow": None,
            "livemode": False,
            "locale": form.text("locale") or None,
            "on_behalf_of": None,
            "return_url": form.text("return_url") or None,
            "url": f"{account.url}/portal/{wanted}",
        },
    )


ENDPOINTS = [Endpoint("POST", "/v1/billing_portal/sessions", create, ACCEPTED)]
