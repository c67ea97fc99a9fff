"""The list of a workspace's invoices, read from Stripe and cached for a minute."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from stripe import Invoice

from billing.stripe.client import stripe_client
from workspaces.models import Workspace

SHOWN = 24
CACHED_FOR = timedelta(minutes=1)
SHOWABLE = {"open", "paid", "uncollectible", "void"}


@dataclass(frozen=True)
class InvoiceLine:
    number: str
    at: datetime
    amount: int
    currency: str
    status: str
    pdf_url: str
    page_url: str


def list_invoices(workspace: Workspace) -> list[InvoiceLine]:
    """Return the invoices, the newest first."""
    customer = workspace.stripe_customer_id
    if not customer:
        return []
    cached: list[dict[str, Any]] | None = cache.get(_cache_key(customer))
    if cached is None:
        with stripe_client() as client:
            listed = client.v1.invoices.list({"customer": customer, "limit": SHOWN}).data
        cached = [_cacheable_fields(invoice) for invoice in listed if invoice.status in SHOWABLE]
        cache.set(_cache_key(customer), cached, timeout=CACHED_FOR.total_seconds())
    return [_invoice_line(**fields) for fields in cached]


def drop_cached_invoices(customer: str) -> None:
    """Drop the cached list after something was paid or changed."""
    cache.delete(_cache_key(customer))


def _cacheable_fields(invoice: Invoice) -> dict[str, Any]:
    """Return the fields that we show, as plain data for the cache."""
    return {
        "number": invoice.number or "",
        "created": invoice.created,
        "amount": invoice.total,
        "currency": invoice.currency,
        "status": invoice.status or "",
        "pdf_url": invoice.invoice_pdf or "",
        "page_url": invoice.hosted_invoice_url or "",
    }


def _invoice_line(*, created: int, **fields: Any) -> InvoiceLine:
    return InvoiceLine(at=datetime.fromtimestamp(created, UTC), **fields)


def _cache_key(customer: str) -> str:
    return f"invoices:{customer}"
