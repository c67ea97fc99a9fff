"""Products, prices with lookup keys, and promotion codes."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import Call, Endpoint, page, retrieve
from dev.doubles.stripe.form import Form
from dev.doubles.stripe.problems import RefusedError


def create_product(call: Call) -> Record:
    form = call.form
    return call.account.create(
        "product",
        "prod",
        "product.created",
        id=form.required("id"),
        active=True,
        metadata=form.metadata(),
        name=form.required("name"),
    )


def change_product(call: Call) -> Record:
    product, form = call.account.get("product", call.id), call.form
    return call.account.change(
        product,
        "product.updated",
        name=form.text("name", product["name"]),
        active=form.flag("active", default=product["active"]),
    )


def create_price(call: Call) -> Record:
    account, form = call.account, call.form
    product = account.get("product", form.required("product"), param="product")
    recurring = None
    if "recurring" in form:
        interval = form.part("recurring").required("interval")
        recurring = {"interval": interval, "interval_count": 1}
    return account.create(
        "price",
        "price",
        "price.created",
        active=True,
        currency=form.required("currency"),
        lookup_key=take_lookup_key(account, form),
        metadata=form.metadata(),
        product=product["id"],
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        unit_amount=int(form.required("unit_amount")),
    )


def take_lookup_key(account: Account, form: Form) -> str | None:
    """Require that no other price has the lookup key, or take it away from that one."""
    if not (key := form.text("lookup_key")):
        return None
    for holder in account.of("price", lookup_key=key):
        if not form.flag("transfer_lookup_key"):
            raise RefusedError.invalid("A price already uses that lookup key.", "lookup_key")
        account.change(holder, "price.updated", lookup_key=None)
    return key


def change_price(call: Call) -> Record:
    price = call.account.get("price", call.id)
    active = call.form.flag("active", default=price["active"])
    return call.account.change(price, "price.updated", active=active)


def list_prices(call: Call) -> Record:
    keys, form = call.form.texts("lookup_keys"), call.form
    return page(
        call,
        (
            price
            for price in call.account.of("price")
            if (not keys or price["lookup_key"] in keys)
            and ("active" not in form or price["active"] == form.flag("active"))
        ),
    )


def create_promotion(account: Account, code: str, *, percent_off: int) -> Record:
    """Create a code for a discount on the first payment, as one does in Stripe's dashboard."""
    return account.create("promotion_code", "promo", code=code, percent_off=percent_off)


def find_promotion(account: Account, text: str) -> Record | None:
    """Find a code, whatever the case of its letters."""
    codes = account.of("promotion_code")
    return next((code for code in codes if code["code"].lower() == text.strip().lower()), None)


def discount_of(promotion: Record | None, amount: int) -> int:
    return round(amount * promotion["percent_off"] / 100) if promotion else 0


def name_of(account: Account, price: Record) -> str:
    name: str = account.get("product", price["product"])["name"]
    return name


ENDPOINTS = [
    Endpoint("POST", "/v1/products", create_product),
    Endpoint("GET", "/v1/products/{id}", retrieve("product")),
    Endpoint("POST", "/v1/products/{id}", change_product),
    Endpoint("POST", "/v1/prices", create_price),
    Endpoint("GET", "/v1/prices", list_prices),
    Endpoint("GET", "/v1/prices/{id}", retrieve("price")),
    Endpoint("POST", "/v1/prices/{id}", change_price),
]
