from dev.doubles.stripe.checkout import sessions
from dev.doubles.stripe.endpoints import CREATED, PAGES, Endpoint, listed, retrieve

ACCEPTED = (
    *("mode", "success_url", "cancel_url", "customer", "customer_email", "client_reference_id"),
    *("customer_creation", "customer_update[address]", "customer_update[name]", "locale"),
    *("line_items[][price]", "line_items[][quantity]", "allow_promotion_codes"),
    *("automatic_tax[enabled]", "billing_address_collection", "tax_id_collection[enabled]"),
    *("metadata[*]", "expires_at", "payment_method_types[]", "payment_method_collection"),
    *("payment_intent_data[metadata][*]", "payment_intent_data[description]"),
    *("subscription_data[metadata][*]", "subscription_data[trial_end]"),
    *("subscription_data[trial_period_days]", "subscription_data[description]"),
    *("invoice_creation[enabled]", "invoice_creation[invoice_data][metadata][*]"),
)
NARROWED = ("customer", "payment_intent", "subscription", "status")

ENDPOINTS = [
    Endpoint("POST", "/v1/checkout/sessions", sessions.create, ACCEPTED),
    Endpoint(
        "GET",
        "/v1/checkout/sessions",
        listed("checkout.session", *NARROWED),
        (*NARROWED, *PAGES, *CREATED),
    ),
    Endpoint("GET", "/v1/checkout/sessions/{id}", retrieve("checkout.session")),
    Endpoint("GET", "/v1/checkout/sessions/{id}/line_items", sessions.list_items, PAGES),
    Endpoint("POST", "/v1/checkout/sessions/{id}/expire", sessions.expire),
]
