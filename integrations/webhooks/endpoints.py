"""What a clinic does with its endpoints, and what we do with one that fails for days."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, encryption
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
from workspaces.models import User, Workspace
from workspaces.plans import Feature

MOST = 10
ROTATION = timedelta(hours=24)


@dataclass(frozen=True)
class EndpointDetails:
    """What a form or the API says about an endpoint."""

    url: str
    events: Sequence[str]
    description: str = ""


@transaction.atomic
def create_endpoint(
    *, workspace: Workspace, details: EndpointDetails, by: User
) -> tuple[WebhookEndpoint, str]:
    """With its secret, which is not told again."""
    workspace = entitlements.lock_workspace(workspace)
    entitlements.require_feature(workspace, Feature.WEBHOOKS)
    if workspace.endpoints.count() >= MOST:
        raise ProblemError(_("There is room for %(most)d endpoints.") % {"most": MOST})
    secret = signing.new_secret()
    endpoint = WebhookEndpoint(workspace=workspace, secret=encryption.seal(secret), **vars(details))
    with _told_once():
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
    """What waits after a failure is tried at once: it was perhaps the address that was wrong."""
    endpoint = _locked(endpoint)
    with _told_once():
        audit.save_changes("endpoint.change", endpoint, vars(details), by=by, name=details.url)
    _end_pause(endpoint)
    return endpoint


@transaction.atomic
def disable_endpoint(*, endpoint: WebhookEndpoint, by: User) -> WebhookEndpoint:
    """From now on nothing is written for it; what waits is kept."""
    endpoint = _locked(endpoint)
    if endpoint.disabled_at is None:
        _disable(endpoint, DisableReason.BY_HAND)
        audit.record("endpoint.disable", endpoint, by=by, name=endpoint.url)
    return endpoint


@transaction.atomic
def disable_failing_endpoint(*, endpoint: WebhookEndpoint, because: DisableReason) -> None:
    """The caller holds the endpoint's lock."""
    _disable(endpoint, because)
    audit.record(
        "endpoint.give_up",
        endpoint,
        by=None,
        name=endpoint.url,
        new=audit.snapshot(endpoint, ["disabled_because"]),
    )
    arguments = [str(endpoint.workspace_id), str(endpoint.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("integrations.tasks.tell_of_disabled_endpoint", arguments),
        robust=True,
    )


@transaction.atomic
def enable_endpoint(*, endpoint: WebhookEndpoint, skip: bool, by: User) -> WebhookEndpoint:
    """It goes on with what had waited when it was disabled, or skips that."""
    entitlements.require_feature(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _locked(endpoint)
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
    """With its log. Waits for whoever writes something for it at this moment."""
    endpoint = _locked(endpoint, with_key=True)
    audit.record("endpoint.remove", endpoint, by=by, name=endpoint.url)
    DeliveryAttempt.objects.filter(delivery__endpoint=endpoint).delete()
    endpoint.deliveries.all().delete()
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, by: User) -> str:
    """The new secret, which is not told again. For a day the one before signs as well."""
    endpoint = _locked(endpoint)
    secret = signing.new_secret()
    endpoint.earlier_secret = endpoint.secret
    endpoint.earlier_secret_until = timezone.now() + ROTATION
    endpoint.secret = encryption.seal(secret)
    endpoint.save(update_fields=["secret", "earlier_secret", "earlier_secret_until", "updated_at"])
    audit.record("endpoint.rotate", endpoint, by=by, name=endpoint.url)
    return secret


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """As they are stored, the newest first."""
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
    """By the same way as everything else, so behind what waits."""
    endpoint = _awake(endpoint)
    return WebhookDelivery.objects.create(
        workspace_id=endpoint.workspace_id,
        endpoint=endpoint,
        event="webhook.test",
        data={"message": "Your endpoint works."},
    )


@transaction.atomic
def replay_delivery(*, delivery: WebhookDelivery) -> None:
    """Once more under the same id. It keeps its place, so it goes before what waits."""
    _awake(delivery.endpoint)
    delivery.status = DeliveryStatus.WAITING
    delivery.save(update_fields=["status", "updated_at"])


def _awake(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Someone stands before it and wants to see: the pause after a failure is over."""
    entitlements.require_feature(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _locked(endpoint)
    if endpoint.disabled_at:
        raise ProblemError(_("This endpoint is disabled: enable it first."))
    _end_pause(endpoint)
    return endpoint


def _end_pause(endpoint: WebhookEndpoint) -> None:
    endpoint.next_attempt_at = timezone.now()
    endpoint.save(update_fields=["next_attempt_at", "updated_at"])


def _disable(endpoint: WebhookEndpoint, because: DisableReason) -> None:
    endpoint.disabled_at, endpoint.disabled_because = timezone.now(), because
    endpoint.save(update_fields=["disabled_at", "disabled_because", "updated_at"])


def _locked(endpoint: WebhookEndpoint, *, with_key: bool = False) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.within(endpoint.workspace_id).select_for_update(
        no_key=not with_key
    )
    found = rows.filter(pk=endpoint.pk).first()
    if found is None:
        raise ProblemError(_("This endpoint was removed a moment ago."))
    return found


@contextmanager
def _told_once() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "integrations_webhookendpoint_once_per_address" not in str(error):
            raise
        raise ProblemError(_("You already have an endpoint with this address.")) from error
