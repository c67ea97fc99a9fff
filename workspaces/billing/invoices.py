"""A workspace's invoices as Stripe has them; only their addresses are ours to show."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from stripe import Invoice

from workspaces.billing.client import stripe_client
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
    remembered: list[InvoiceLine] | None = cache.get(_key(customer))
    if remembered is not None:
        return remembered
    with stripe_client() as client:
        listed = client.v1.invoices.list({"customer": customer, "limit": SHOWN}).data
    lines = [_line(invoice) for invoice in listed if invoice.status in SHOWABLE]
    cache.set(_key(customer), lines, timeout=REMEMBERED.total_seconds())
    return lines


def forget(customer: str) -> None:
    """Something was paid or changed."""
    cache.delete(_key(customer))


def _line(invoice: Invoice) -> InvoiceLine:
    return InvoiceLine(
        number=invoice.number or "",
        at=datetime.fromtimestamp(invoice.created, UTC),
        amount=invoice.total,
        currency=invoice.currency,
        status=invoice.status or "",
        pdf_url=invoice.invoice_pdf or "",
        page_url=invoice.hosted_invoice_url or "",
    )


def _key(customer: str) -> str:
    return f"invoices:{customer}"
