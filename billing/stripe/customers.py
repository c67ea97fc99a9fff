"""A workspace's customer at Stripe, created when it buys something for the first time."""

from uuid import UUID

from stripe import InvalidRequestError, StripeClient
from stripe.params import CustomerUpdateParams

from billing.stripe.client import MISSING
from core import sql, tenancy
from core.locks import Lock
from workspaces.models import User, Workspace


def get_or_create(client: StripeClient, workspace: Workspace, by: User) -> str:
    """Return the customer's id, after updating its name and e-mail address."""
    customer = workspace.stripe_customer_id or _create_once(client, workspace.pk)
    try:
        client.v1.customers.update(customer, _description(workspace, by))
    except InvalidRequestError as error:
        if error.code != MISSING:
            raise
        # It was deleted in the dashboard, with everything that belonged to it.
        customer = _create_once(client, workspace.pk, instead_of=customer)
        client.v1.customers.update(customer, _description(workspace, by))
    return customer


def _create_once(client: StripeClient, workspace_id: UUID, *, instead_of: str | None = None) -> str:
    """Create the customer under a lock. If the answer is lost, a repeated request with the same
    idempotency key returns the same customer."""
    with tenancy.within(workspace_id):
        # Not a lock on the workspace's row: sending messages must not wait for Stripe.
        sql.advisory_lock(Lock.STRIPE_CUSTOMER.of(workspace_id))
        workspace = Workspace.objects.get(pk=workspace_id)
        if workspace.stripe_customer_id in (None, instead_of):
            created = client.v1.customers.create(
                {"metadata": {"workspace_id": str(workspace_id)}},
                {"idempotency_key": f"customer:{workspace_id}:{instead_of or 'first'}"},
            )
            workspace.stripe_customer_id = created.id
            workspace.save(update_fields=["stripe_customer_id", "updated_at"])
        assert workspace.stripe_customer_id
        return workspace.stripe_customer_id


def _description(workspace: Workspace, by: User) -> CustomerUpdateParams:
    return {
        "name": workspace.name,
        "email": by.email,
        "preferred_locales": [by.language or workspace.language],
    }
