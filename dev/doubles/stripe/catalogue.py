"""Products and prices. Prices are found by their lookup keys, which move from one to the next."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import CREATED, PAGES, Call, Endpoint, listed, page, retrieve
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError

INTERVALS = ("day", "week", "month", "year")


def make_product(account: Account, form: Form) -> Record:
    wanted = form.text("id") or account.new_id("prod")
    if wanted in account.records:
        raise RefusedError.invalid("Product already exists.", "id", code="resource_already_exists")
    return account.add(
        {
            "id": wanted,
            "object": "product",
            "active": form.flag("active", default=True),
            "created": account.now(),
            "default_price": None,
            "description": form.text("description") or None,
            "images": [],
            "livemode": False,
            "marketing_features": [],
            "metadata": form.metadata(),
            "name": form.required("name"),
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": form.text("statement_descriptor") or None,
            "tax_code": form.text("tax_code") or None,
            "type": "service",
            "unit_label": form.text("unit_label") or None,
            "updated": account.now(),
            "url": None,
        },
        "product.created",
    )


def change_product(call: Call) -> Record:
    product = call.account.get("product", call.id)
    form = call.form
    values: Record = {
        name: form.text(name) or None
        for name in ("description", "statement_descriptor", "tax_code", "unit_label")
        if name in form
    }
    if "name" in form:
        values["name"] = form.required("name")
    if "active" in form:
        values["active"] = form.flag("active")
    if "metadata" in form:
        values["metadata"] = product["metadata"] | form.metadata()
    return call.account.change(product, "product.updated", **values, updated=call.account.now())


def make_price(call: Call) -> Record:
    account, form = call.account, call.form
    currency = form.required("currency").lower()
    amount = form.number("unit_amount")
    if amount is None:
        raise RefusedError.missing("unit_amount")
    if "product_data" in form:
        product = make_product(account, form.part("product_data"))["id"]
    else:
        product = account.get("product", form.required("product"), param="product")["id"]
    recurring = None
    if "recurring" in form:
        wanted = form.part("recurring")
        recurring = {
            "interval": wanted.one_of("interval", INTERVALS) or wanted.required("interval"),
            "interval_count": wanted.number("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    price = {
        "id": account.new_id("price"),
        "object": "price",
        "active": form.flag("active", default=True),
        "billing_scheme": "per_unit",
        "created": account.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": form.metadata(),
        "nickname": form.text("nickname") or None,
        "product": product,
        "recurring": recurring,
        "tax_behavior": form.text("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    name_price(account, price, form)
    return account.add(price, "price.created")


def name_price(account: Account, price: Record, form: Form) -> None:
    if not (key := form.text("lookup_key")):
        return
    for holder in account.of("price", lookup_key=key):
        if holder is price:
            return
        if not form.flag("transfer_lookup_key"):
            raise RefusedError.invalid(
                f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key"
            )
        account.change(holder, "price.updated", lookup_key=None)
    price["lookup_key"] = key


def change_price(call: Call) -> Record:
    price, form = call.account.get("price", call.id), call.form
    name_price(call.account, price, form)
    values: Record = {}
    if "active" in form:
        values["active"] = form.flag("active")
    if "metadata" in form:
        values["metadata"] = price["metadata"] | form.metadata()
    for name in ("nickname", "tax_behavior"):
        if name in form:
            values[name] = form.text(name)
    return call.account.change(price, "price.updated", **values)


def list_prices(call: Call) -> Record:
    form = call.form
    keys = form.texts("lookup_keys")
    return page(
        call,
        [
            price
            for price in call.account.of("price")
            if (not keys or price["lookup_key"] in keys)
            and ("active" not in form or price["active"] == form.flag("active"))
            and form.text("product") in ("", price["product"])
            and form.text("type") in ("", price["type"])
        ],
    )


ABOUT_PRODUCT = (
    *("active", "description", "metadata[*]", "name", "statement_descriptor"),
    *("tax_code", "unit_label"),
)
ABOUT_PRICE = (
    *("active", "lookup_key", "transfer_lookup_key", "metadata[*]", "nickname"),
    "tax_behavior",
)

ENDPOINTS = [
    Endpoint(
        "POST",
        "/v1/products",
        lambda call: make_product(call.account, call.form),
        (*ABOUT_PRODUCT, "id"),
    ),
    Endpoint("GET", "/v1/products", listed("product", "active"), ("active", *PAGES, *CREATED)),
    Endpoint("GET", "/v1/products/{id}", retrieve("product")),
    Endpoint("POST", "/v1/products/{id}", change_product, ABOUT_PRODUCT),
    Endpoint(
        "POST",
        "/v1/prices",
        make_price,
        (
            *ABOUT_PRICE,
            *("currency", "unit_amount", "product", "product_data[name]", "product_data[id]"),
            *("product_data[metadata][*]", "product_data[tax_code]"),
            *("recurring[interval]", "recurring[interval_count]"),
        ),
    ),
    Endpoint(
        "GET",
        "/v1/prices",
        list_prices,
        ("lookup_keys[]", "active", "product", "type", *PAGES, *CREATED),
    ),
    Endpoint("GET", "/v1/prices/{id}", retrieve("price")),
    Endpoint("POST", "/v1/prices/{id}", change_price, ABOUT_PRICE),
]
