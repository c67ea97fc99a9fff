"""Coupons, the promotion codes that people type for them, and what they take off."""

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.endpoints import (
    CREATED,
    PAGES,
    Call,
    Endpoint,
    list_of,
    listed,
    page,
    retrieve,
)
from dev.doubles.stripe.problems import RefusedError

DURATIONS = ("once", "forever", "repeating")


def make_coupon(call: Call) -> Record:
    account, form = call.account, call.form
    percent = form.text("percent_off")
    amount = form.number("amount_off")
    if not percent and not amount:
        raise RefusedError.invalid("You must pass either percent_off or amount_off.", "percent_off")
    return account.add(
        {
            "id": form.text("id") or account.new_id("co")[3:11],
            "object": "coupon",
            "amount_off": amount,
            "created": account.now(),
            "currency": form.text("currency") or None,
            "duration": form.one_of("duration", DURATIONS, "once"),
            "duration_in_months": form.number("duration_in_months"),
            "livemode": False,
            "max_redemptions": form.number("max_redemptions"),
            "metadata": form.metadata(),
            "name": form.text("name") or None,
            "percent_off": float(percent) if percent else None,
            "redeem_by": form.number("redeem_by"),
            "times_redeemed": 0,
            "valid": True,
        },
        "coupon.created",
    )


def make_promotion_code(call: Call) -> Record:
    account, form = call.account, call.form
    promotion = form.part("promotion")
    coupon = account.get("coupon", promotion.required("coupon"), param="promotion[coupon]")
    return account.add(
        {
            "id": account.new_id("promo"),
            "object": "promotion_code",
            "active": form.flag("active", default=True),
            "code": form.text("code") or account.new_id("X")[2:10].upper(),
            "created": account.now(),
            "customer": form.text("customer") or None,
            "expires_at": form.number("expires_at"),
            "livemode": False,
            "max_redemptions": form.number("max_redemptions"),
            "metadata": form.metadata(),
            "promotion": {"coupon": coupon["id"], "type": "coupon"},
            "restrictions": {
                "first_time_transaction": False,
                "minimum_amount": None,
                "minimum_amount_currency": None,
            },
            "times_redeemed": 0,
        },
        "promotion_code.created",
    )


def find_code(account: Account, text: str) -> Record | None:
    """As people type it: letters of any size. One that is over is as good as none."""
    for code in account.of("promotion_code", active=True):
        over = code["expires_at"] and code["expires_at"] <= account.now()
        used_up = code["max_redemptions"] and code["times_redeemed"] >= code["max_redemptions"]
        if code["code"].lower() == text.strip().lower() and not over and not used_up:
            return code
    return None


def redeem(account: Account, code: Record, *, customer: str, session: str) -> Record:
    coupon = account.get("coupon", code["promotion"]["coupon"])
    for used in (code, coupon):
        used["times_redeemed"] += 1
    return account.add(
        {
            "id": account.new_id("di"),
            "object": "discount",
            "checkout_session": session,
            "customer": customer,
            "end": None,
            "invoice": None,
            "invoice_item": None,
            "promotion_code": code["id"],
            "source": {"coupon": coupon["id"], "type": "coupon"},
            "start": account.now(),
            "subscription": None,
            "subscription_item": None,
        }
    )


def taken_off(coupon: Record, amount: int) -> int:
    """Never more than there is."""
    if coupon["percent_off"]:
        return round(amount * float(coupon["percent_off"]) / 100)
    return min(coupon["amount_off"] or 0, amount)


def list_codes(call: Call) -> Record:
    if code := call.form.text("code"):
        found = [one for one in call.account.of("promotion_code") if one["code"] == code]
        return list_of(found, call.path)
    return page(call, call.account.of("promotion_code"))


ENDPOINTS = [
    Endpoint(
        "POST",
        "/v1/coupons",
        make_coupon,
        (
            *("id", "percent_off", "amount_off", "currency", "duration", "duration_in_months"),
            *("max_redemptions", "metadata[*]", "name", "redeem_by"),
        ),
    ),
    Endpoint("GET", "/v1/coupons", listed("coupon"), (*PAGES, *CREATED)),
    Endpoint("GET", "/v1/coupons/{id}", retrieve("coupon")),
    Endpoint(
        "POST",
        "/v1/promotion_codes",
        make_promotion_code,
        (
            *("promotion[type]", "promotion[coupon]", "code", "active", "customer"),
            *("expires_at", "max_redemptions", "metadata[*]"),
        ),
    ),
    Endpoint("GET", "/v1/promotion_codes", list_codes, ("code", *PAGES, *CREATED)),
    Endpoint("GET", "/v1/promotion_codes/{id}", retrieve("promotion_code")),
]
