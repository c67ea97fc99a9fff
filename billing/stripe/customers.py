"""A workspace is one customer of Stripe's, made when it first wants to buy something."""

from uuid import UUID

from stripe import InvalidRequestError, StripeClient
from stripe.params import CustomerUpdateParams

from billing.stripe.client import MISSING
from core import sql, tenancy
from workspaces.models import User, Workspace


def of(client: StripeClient, workspace: Workspace, by: User) -> str:
    """Its customer, by the name and the address that it has today."""
    customer = workspace.stripe_customer_id or _made(client, workspace.pk)
    try:
        client.v1.customers.update(customer, _described(workspace, by))
    except InvalidRequestError as error:
        if error.code != MISSING:
            raise
        # Deleted in the dashboard, with all that it had.
        customer = _made(client, workspace.pk, instead_of=customer)
        client.v1.customers.update(customer, _described(workspace, by))
    return customer


def _made(client: StripeClient, workspace_id: UUID, *, instead_of: str | None = None) -> str:
    """Once: whoever comes second waits. What is lost on the way is found by the key again."""
    with tenancy.within(workspace_id):
        # Not the workspace's row: messages are debited there while we wait for Stripe.
        sql.advisory_lock(f"stripe customer {workspace_id}")
        workspace = Workspace.objects.get(pk=workspace_id)
        if workspace.stripe_customer_id in (None, instead_of):
            made = client.v1.customers.create(
                {"metadata": {"workspace_id": str(workspace_id)}},
                {"idempotency_key": f"customer:{workspace_id}:{instead_of or 'first'}"},
            )
            workspace.stripe_customer_id = made.id
            workspace.save(update_fields=["stripe_customer_id", "updated_at"])
        assert workspace.stripe_customer_id
        return workspace.stripe_customer_id


def _described(workspace: Workspace, by: User) -> CustomerUpdateParams:
    return {
        "name": workspace.name,
        "email": by.email,
        "preferred_locales": [by.language or workspace.language],
    }
