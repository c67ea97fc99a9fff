from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from core import tenancy
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import retention
from integrations.webhooks.retention import KEPT_FOR
from tests.factories import DeliveryAttemptFactory, WebhookDeliveryFactory
from tests.integrations.webhooks.world import (
    create_endpoint,
    list_attempts,
    list_deliveries,
)

pytestmark = pytest.mark.django_db


def create_delivery(endpoint: WebhookEndpoint, *, days_ago: int) -> WebhookDelivery:
    """Ids tell the time."""
    at = timezone.now() - timedelta(days=days_ago)
    pk = UUID(int=(int(at.timestamp() * 1000) << 80) | (uuid4().int & 0xFFFF))
    made: WebhookDelivery = WebhookDeliveryFactory.create(
        pk=pk, workspace=endpoint.workspace, endpoint=endpoint, status="DELIVERED"
    )
    DeliveryAttemptFactory.create(workspace=endpoint.workspace, delivery=made)
    return made


def test_deliveries_are_deleted_after_thirty_days() -> None:
    endpoint = create_endpoint()
    for days_ago in (90, KEPT_FOR.days + 1, KEPT_FOR.days + 1):
        create_delivery(endpoint, days_ago=days_ago)
    recent = create_delivery(endpoint, days_ago=KEPT_FOR.days - 1)

    assert retention.prune_deliveries(batch_size=2) == 3

    assert list_deliveries(endpoint) == [recent]
    assert [attempt.delivery_id for attempt in list_attempts(endpoint)] == [recent.pk]


def test_comments_of_an_erased_patient_are_removed_and_of_nobody_else() -> None:
    endpoint, theirs = create_endpoint(), create_endpoint()
    patient, other = uuid4(), uuid4()
    for where, whose in ((endpoint, patient), (endpoint, other), (theirs, patient)):
        made = WebhookDeliveryFactory.create(
            workspace=where.workspace,
            endpoint=where,
            event="feedback.received",
            data={"patient_id": str(whose), "rating": 2, "comment": "Me llamo Zenobia."},
        )
        DeliveryAttemptFactory.create(
            workspace=where.workspace, delivery=made, answer="Me llamo Zenobia."
        )

    with tenancy.within(endpoint.workspace_id):
        retention.erase_comments(workspace_id=endpoint.workspace_id, patients=[patient])

    assert [delivery.data["comment"] for delivery in list_deliveries(endpoint)] == [
        "",
        "Me llamo Zenobia.",
    ]
    assert [delivery.data["rating"] for delivery in list_deliveries(endpoint)] == [2, 2]
    assert [attempt.answer for attempt in list_attempts(endpoint)] == ["", "Me llamo Zenobia."]
    assert [delivery.data["comment"] for delivery in list_deliveries(theirs)] == [
        "Me llamo Zenobia."
    ]
