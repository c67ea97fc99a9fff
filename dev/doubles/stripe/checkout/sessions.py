"""A checkout session, as it is asked for."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import Call, list_of
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.invoices.drafting import TAX, TAXED
from dev.doubles.stripe.problems import RefusedError

PAYMENT, SUBSCRIPTION = "payment", "subscription"
ONLY_IN = {
    "payment_intent_data": PAYMENT,
    "invoice_creation": PAYMENT,
    "customer_creation": PAYMENT,
    "subscription_data": SUBSCRIPTION,
}
DAY = 86_400


def create(call: Call) -> Record:
    account, form = call.account, call.form
    mode = form.one_of("mode", (PAYMENT, SUBSCRIPTION)) or form.required("mode")
    check(account, form, mode)
    items = [line_item(account, part) for part in form.parts("line_items")]
    if not items:
        raise RefusedError.missing("line_items")
    check_prices(items, mode)
    wanted = account.new_id("cs_test")
    account.add({"id": f"{wanted}.line_items", "object": "double.line_items", "data": items})
    session = shape(account, form, wanted, mode, sum(item["amount_total"] for item in items))
    account.add(
        {
            "id": f"{wanted}.wishes",
            "object": "double.wishes",
            "payment_intent": {
                "description": form.part("payment_intent_data").text("description") or None,
                "metadata": form.part("payment_intent_data").metadata(),
            },
            "subscription": {
                "metadata": form.part("subscription_data").metadata(),
                "trial_end": trial_end(account, form.part("subscription_data")),
            },
            "invoice": {
                "enabled": form.part("invoice_creation").flag("enabled"),
                "metadata": form.part("invoice_creation").part("invoice_data").metadata(),
            },
        }
    )
    return account.add(session)


def check(account: Account, form: Form, mode: str) -> None:
    for name, only in ONLY_IN.items():
        if name in form and mode != only:
            raise RefusedError.invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    form.required("success_url")
    for name in ("success_url", "cancel_url"):
        if name in form and not form.text(name).startswith(("http://", "https://")):
            raise RefusedError.invalid("Not a valid URL", name, code="url_invalid")
    if "customer" not in form:
        if "customer_update" in form:
            raise RefusedError.invalid(
                "`customer_update` can only be used with `customer`.", "customer_update"
            )
        return
    customer = account.get("customer", form.required("customer"), param="customer")
    if "customer_email" in form:
        raise RefusedError.invalid(
            "You may only specify one of these parameters: customer, customer_email."
        )
    is_taxed = form.part("automatic_tax").flag("enabled")
    will_ask = form.part("customer_update").text("address") == "auto"
    if is_taxed and not will_ask and not (customer["address"] or {}).get("country"):
        raise RefusedError.invalid(
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a"
            " valid address to the Customer or set either `customer_update[address]` to 'auto' or"
            " `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the"
            " Customer.",
            code="customer_tax_location_invalid",
        )


def check_prices(items: list[Record], mode: str) -> None:
    kinds = {item["price"]["type"] for item in items}
    if mode == PAYMENT and "recurring" in kinds:
        raise RefusedError.invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices."
        )
    if mode == SUBSCRIPTION and "recurring" not in kinds:
        raise RefusedError.invalid(
            "You must provide at least one recurring price in `subscription` mode when using"
            " prices."
        )
    if len(items) > 1:
        raise RefusedError.invalid("One line item is what the double knows.", "line_items[1]")


def line_item(account: Account, form: Form) -> Record:
    price = account.get("price", form.required("price"), param=form.name("price"))
    if not price["active"]:
        raise RefusedError.invalid(
            "The price specified is inactive. This field only accepts active prices.",
            form.name("price"),
        )
    quantity = form.number("quantity", 1) or 1
    amount = price["unit_amount"] * quantity
    return {
        "id": account.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": account.get("product", price["product"])["name"],
        "price": price,
        "quantity": quantity,
    }


def trial_end(account: Account, form: Form) -> int | None:
    if days := form.number("trial_period_days"):
        return account.now() + days * DAY
    return form.number("trial_end")


def shape(account: Account, form: Form, wanted: str, mode: str, amount: int) -> Record:
    is_taxed = form.part("automatic_tax").flag("enabled")
    tax = {**(TAXED if is_taxed else TAX), "status": None}
    del tax["disabled_reason"]
    return {
        "id": wanted,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": form.flag("allow_promotion_codes") or None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": tax,
        "billing_address_collection": form.text("billing_address_collection") or None,
        "cancel_url": form.text("cancel_url") or None,
        "client_reference_id": form.text("client_reference_id") or None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": account.now(),
        "currency": "usd",
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": form.text("customer") or None,
        "customer_creation": form.text("customer_creation") or None,
        "customer_details": None,
        "customer_email": form.text("customer_email") or None,
        "discounts": [],
        "expires_at": form.number("expires_at", account.now() + DAY),
        "invoice": None,
        "invoice_creation": (
            {"enabled": form.part("invoice_creation").flag("enabled")} if mode == PAYMENT else None
        ),
        "livemode": False,
        "locale": form.text("locale") or None,
        "metadata": form.metadata(),
        "mode": mode,
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always" if mode == SUBSCRIPTION else "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": form.text("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{account.url}/pay/{wanted}",
        "wallet_options": None,
    }


def items_of(account: Account, session: Record) -> list[Record]:
    items: list[Record] = account.get("double.line_items", f"{session['id']}.line_items")["data"]
    return items


def list_items(call: Call) -> Record:
    session = call.account.get("checkout.session", call.id)
    return list_of(items_of(call.account, session), call.path)


def expire(call: Call) -> Record:
    session = call.account.get("checkout.session", call.id)
    if session["status"] != "open":
        raise RefusedError.invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`."
        )
    call.account.change(session, status="expired", url=None)
    call.account.tell("checkout.session.expired", session)
    return session


def expire_old(account: Account) -> None:
    for session in account.of("checkout.session", status="open"):
        if session["expires_at"] <= account.now():
            account.change(session, status="expired", url=None)
            account.tell("checkout.session.expired", session)
