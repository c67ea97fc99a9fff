"""Helpers of the tests of outgoing webhooks."""

from typing import Any
from uuid import UUID

from core import tenancy
from integrations.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from tests.factories import WebhookEndpointFactory

RATING = "rating.received"


def create_endpoint(url: str = "https://hooks.example.com/", **values: Any) -> WebhookEndpoint:
    endpoint: WebhookEndpoint = WebhookEndpointFactory.create(url=url, **values)
    return endpoint


def enqueue_numbers(workspace_id: UUID, *numbers: int, event: str = RATING) -> None:
    with tenancy.within(workspace_id):
        enqueue_events(OutgoingEvent(event, workspace_id, {"number": number}) for number in numbers)


def reload(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    with tenancy.platform("test"):
        return WebhookEndpoint.objects.get(pk=endpoint.pk)


def update(endpoint: WebhookEndpoint, **values: Any) -> None:
    with tenancy.platform("test"):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**values)


def list_deliveries(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    with tenancy.platform("test"):
        return list(WebhookDelivery.objects.filter(endpoint=endpoint).order_by("position"))


def list_states(endpoint: WebhookEndpoint) -> list[tuple[int, str]]:
    return [(delivery.data["number"], delivery.status) for delivery in list_deliveries(endpoint)]


def list_attempts(endpoint: WebhookEndpoint) -> list[DeliveryAttempt]:
    with tenancy.platform("test"):
        return list(DeliveryAttempt.objects.filter(delivery__endpoint=endpoint).order_by("pk"))
