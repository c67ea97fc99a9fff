"""A workspace's invoices as Stripe has them; only their addresses are ours to show."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from stripe import Invoice

from billing.stripe.client import stripe_client
from workspaces.models import Workspace

SHOWN = 24
REMEMBERED = timedelta(minutes=1)
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


def of(workspace: Workspace) -> list[InvoiceLine]:
    """The newest first; remembered for a minute, so that leafing does not ask each time."""
    customer = workspace.stripe_customer_id
    if not customer:
        return []
    remembered: list[dict[str, Any]] | None = cache.get(_key(customer))
    if remembered is None:
        with stripe_client() as client:
            listed = client.v1.invoices.list({"customer": customer, "limit": SHOWN}).data
        remembered = [_fields(invoice) for invoice in listed if invoice.status in SHOWABLE]
        cache.set(_key(customer), remembered, timeout=REMEMBERED.total_seconds())
    return [_line(**fields) for fields in remembered]


def forget(customer: str) -> None:
    """Something was paid or changed."""
    cache.delete(_key(customer))


def _fields(invoice: Invoice) -> dict[str, Any]:
    """What we show of it, as plain data: the cache holds JSON."""
    return {
        "number": invoice.number or "",
        "created": invoice.created,
        "amount": invoice.total,
        "currency": invoice.currency,
        "status": invoice.status or "",
        "pdf_url": invoice.invoice_pdf or "",
        "page_url": invoice.hosted_invoice_url or "",
    }


def _line(*, created: int, **fields: Any) -> InvoiceLine:
    return InvoiceLine(at=datetime.fromtimestamp(created, UTC), **fields)


def _key(customer: str) -> str:
    return f"invoices:{customer}"
