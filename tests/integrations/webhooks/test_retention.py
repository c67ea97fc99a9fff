from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from core import tenancy
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import retention
from integrations.webhooks.retention import KEPT
from tests.factories import DeliveryAttemptFactory, WebhookDeliveryFactory
from tests.integrations.webhooks.world import attempts, endpoint, log

pytestmark = pytest.mark.django_db


def announced(told: WebhookEndpoint, *, days_ago: int) -> WebhookDelivery:
    """Ids tell the time."""
    at = timezone.now() - timedelta(days=days_ago)
    pk = UUID(int=(int(at.timestamp() * 1000) << 80) | (uuid4().int & 0xFFFF))
    made: WebhookDelivery = WebhookDeliveryFactory.create(
        pk=pk, workspace=told.workspace, endpoint=told, status="DELIVERED"
    )
    DeliveryAttemptFactory.create(workspace=told.workspace, delivery=made)
    return made


def test_the_log_is_kept_for_thirty_days() -> None:
    told = endpoint()
    for days_ago in (90, KEPT.days + 1, KEPT.days + 1):
        announced(told, days_ago=days_ago)
    recent = announced(told, days_ago=KEPT.days - 1)

    assert retention.prune_deliveries(at_once=2) == 3

    assert log(told) == [recent]
    assert [one.delivery_id for one in attempts(told)] == [recent.pk]


def test_the_words_of_a_patient_are_forgotten_and_of_nobody_else() -> None:
    told, theirs = endpoint(), endpoint()
    patient, other = uuid4(), uuid4()
    for where, whose in ((told, patient), (told, other), (theirs, patient)):
        made = WebhookDeliveryFactory.create(
            workspace=where.workspace,
            endpoint=where,
            event="feedback.received",
            data={"patient_id": str(whose), "rating": 2, "comment": "Me llamo Zenobia."},
        )
        DeliveryAttemptFactory.create(
            workspace=where.workspace, delivery=made, answer="Me llamo Zenobia."
        )

    with tenancy.within(told.workspace_id):
        retention.erase_comments(workspace_id=told.workspace_id, patients=[patient])

    assert [one.data["comment"] for one in log(told)] == ["", "Me llamo Zenobia."]
    assert [one.data["rating"] for one in log(told)] == [2, 2]
    assert [one.answer for one in attempts(told)] == ["", "Me llamo Zenobia."]
    assert [one.data["comment"] for one in log(theirs)] == ["Me llamo Zenobia."]
