"""Actions on webhook endpoints. `failing_endpoints` decides when a failing one is disabled."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, encryption
from core.constraint_violations import explain_violation
from core.errors import ProblemError
from integrations.models import (
    DeliveryAttempt,
    DeliveryStatus,
    DisableReason,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.webhooks import signing
from workspaces import entitlements
from workspaces.models import Feature, User, Workspace

MAX_ENDPOINTS = 10
ROTATION_PERIOD = timedelta(hours=24)


@dataclass(frozen=True)
class EndpointDetails:
    """The fields of an endpoint that people set."""

    url: str
    events: Sequence[str]
    description: str = ""


@transaction.atomic
def create_endpoint(
    *, workspace: Workspace, details: EndpointDetails, by: User
) -> tuple[WebhookEndpoint, str]:
    """Create an endpoint. Return it with its secret, which is not shown again."""
    workspace = entitlements.lock_workspace(workspace)
    entitlements.require_feature(workspace, Feature.WEBHOOKS)
    if workspace.endpoints.count() >= MAX_ENDPOINTS:
        raise ProblemError(_("There is room for %(most)d endpoints.") % {"most": MAX_ENDPOINTS})
    secret = signing.new_secret()
    endpoint = WebhookEndpoint(workspace=workspace, secret=encryption.seal(secret), **vars(details))
    with _refuse_duplicate_url():
        endpoint.save(force_insert=True)
    audit.record(
        "endpoint.create",
        endpoint,
        by=by,
        name=endpoint.url,
        new=audit.snapshot(endpoint, ["description", "events"]),
    )
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, details: EndpointDetails, by: User
) -> WebhookEndpoint:
    """Change an endpoint, and retry at once: perhaps the old address was why it failed."""
    endpoint = _lock_endpoint(endpoint)
    with _refuse_duplicate_url():
        audit.save_changes("endpoint.change", endpoint, vars(details), by=by, name=details.url)
    _end_pause(endpoint)
    return endpoint


@transaction.atomic
def disable_endpoint(*, endpoint: WebhookEndpoint, by: User) -> WebhookEndpoint:
    """Disable an endpoint. It gets no new deliveries; those that wait are kept."""
    endpoint = _lock_endpoint(endpoint)
    if endpoint.disabled_at is None:
        _set_disabled(endpoint, DisableReason.BY_HAND)
        audit.record("endpoint.disable", endpoint, by=by, name=endpoint.url)
    return endpoint


@transaction.atomic
def disable_failing_endpoint(*, endpoint: WebhookEndpoint, because: DisableReason) -> None:
    """Disable an endpoint that fails, and mail the owners. The caller has locked it."""
    _set_disabled(endpoint, because)
    audit.record(
        "endpoint.give_up",
        endpoint,
        by=None,
        name=endpoint.url,
        new=audit.snapshot(endpoint, ["disabled_because"]),
    )
    arguments = [str(endpoint.workspace_id), str(endpoint.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("integrations.tasks.mail_disabled_endpoint", arguments),
        robust=True,
    )


@transaction.atomic
def enable_endpoint(*, endpoint: WebhookEndpoint, skip: bool, by: User) -> WebhookEndpoint:
    """Enable an endpoint. It goes on with the deliveries that wait, or skips them."""
    entitlements.require_feature(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _lock_endpoint(endpoint)
    if endpoint.disabled_at is None:
        return endpoint
    if skip:
        endpoint.deliveries.filter(status=DeliveryStatus.WAITING).update(
            status=DeliveryStatus.SKIPPED, updated_at=timezone.now()
        )
    endpoint.disabled_at, endpoint.disabled_because = None, ""
    endpoint.failures, endpoint.failing_since = 0, None
    endpoint.next_attempt_at = timezone.now()
    endpoint.save(
        update_fields=[
            *("disabled_at", "disabled_because", "failures", "failing_since"),
            *("next_attempt_at", "updated_at"),
        ]
    )
    audit.record("endpoint.enable", endpoint, by=by, name=endpoint.url)
    return endpoint


@transaction.atomic
def remove_endpoint(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Delete an endpoint and its log. Waits for transactions that are adding deliveries to it."""
    endpoint = _lock_endpoint(endpoint, with_key=True)
    audit.record("endpoint.remove", endpoint, by=by, name=endpoint.url)
    DeliveryAttempt.objects.filter(delivery__endpoint=endpoint).delete()
    endpoint.deliveries.all().delete()
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, by: User) -> str:
    """Return a new secret, which is not shown again. For a day the old one signs as well."""
    endpoint = _lock_endpoint(endpoint)
    secret = signing.new_secret()
    endpoint.earlier_secret = endpoint.secret
    endpoint.earlier_secret_until = timezone.now() + ROTATION_PERIOD
    endpoint.secret = encryption.seal(secret)
    endpoint.save(update_fields=["secret", "earlier_secret", "earlier_secret_until", "updated_at"])
    audit.record("endpoint.rotate", endpoint, by=by, name=endpoint.url)
    return secret


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Return the encrypted secrets that sign now, the newest first."""
    until = endpoint.earlier_secret_until
    return [endpoint.secret, *([endpoint.earlier_secret] if until and until > now else [])]


def reseal_endpoints() -> int:
    """Seal every secret with the first key. Return how many endpoints that were."""
    count = 0
    for endpoint in WebhookEndpoint.objects.select_for_update(no_key=True).order_by("pk"):
        endpoint.secret = encryption.reseal(endpoint.secret)
        if endpoint.earlier_secret:
            endpoint.earlier_secret = encryption.reseal(endpoint.earlier_secret)
        endpoint.save(update_fields=["secret", "earlier_secret", "updated_at"])
        count += 1
    return count


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Enqueue a test event, behind the deliveries that wait."""
    endpoint = _prepare_to_send(endpoint)
    return WebhookDelivery.objects.create(
        workspace_id=endpoint.workspace_id,
        endpoint=endpoint,
        event="webhook.test",
        data={"message": "Your endpoint works."},
    )


@transaction.atomic
def replay_delivery(*, delivery: WebhookDelivery) -> None:
    """Deliver again under the same id. It keeps its position, so it goes before newer ones."""
    _prepare_to_send(delivery.endpoint)
    delivery.status = DeliveryStatus.WAITING
    delivery.save(update_fields=["status", "updated_at"])


def _prepare_to_send(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Lock the endpoint and end its pause after a failure: a person waits for the result."""
    entitlements.require_feature(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _lock_endpoint(endpoint)
    if endpoint.disabled_at:
        raise ProblemError(_("This endpoint is disabled: enable it first."))
    _end_pause(endpoint)
    return endpoint


def _end_pause(endpoint: WebhookEndpoint) -> None:
    endpoint.next_attempt_at = timezone.now()
    endpoint.save(update_fields=["next_attempt_at", "updated_at"])


def _set_disabled(endpoint: WebhookEndpoint, because: DisableReason) -> None:
    endpoint.disabled_at, endpoint.disabled_because = timezone.now(), because
    endpoint.save(update_fields=["disabled_at", "disabled_because", "updated_at"])


def _lock_endpoint(endpoint: WebhookEndpoint, *, with_key: bool = False) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.within(endpoint.workspace_id).select_for_update(
        no_key=not with_key
    )
    locked = rows.filter(pk=endpoint.pk).first()
    if locked is None:
        raise ProblemError(_("This endpoint was removed a moment ago."))
    return locked


def _refuse_duplicate_url() -> AbstractContextManager[None]:
    message = _("You already have an endpoint with this address.")
    return explain_violation(message, "integrations_webhookendpoint_once_per_address")
