from typing import Any

import pytest
from django.utils import timezone

from tests.constraints import assert_refused
from tests.factories import (
    ApiKeyFactory,
    DeliveryAttemptFactory,
    WebhookDeliveryFactory,
    WebhookEndpointFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("integrations_apikey_has_scopes", ApiKeyFactory, {"scopes": []}),
        ("integrations_webhookendpoint_has_events", WebhookEndpointFactory, {"events": []}),
        (
            "integrations_webhookendpoint_disabled_because",
            WebhookEndpointFactory,
            {"disabled_because": "GONE"},
        ),
        (
            "integrations_webhookendpoint_disabled_because",
            WebhookEndpointFactory,
            {"disabled_at": timezone.now()},
        ),
        (
            "integrations_webhookendpoint_earlier_secret_ends",
            WebhookEndpointFactory,
            {"earlier_secret": "x"},
        ),
        (
            "integrations_webhookendpoint_failing_since_the_first",
            WebhookEndpointFactory,
            {"failures": 1},
        ),
        ("integrations_webhookdelivery_status_known", WebhookDeliveryFactory, {"status": "LOST"}),
        (
            "integrations_deliveryattempt_answer_or_trouble",
            DeliveryAttemptFactory,
            {"status_code": None},
        ),
        (
            "integrations_deliveryattempt_answer_or_trouble",
            DeliveryAttemptFactory,
            {"trouble": "TIMEOUT"},
        ),
    ],
)
def test_database_refuses(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_database_refuses_a_second_endpoint_with_the_same_url() -> None:
    endpoint = WebhookEndpointFactory.create()
    WebhookEndpointFactory.create(url=endpoint.url)

    assert_refused(
        "integrations_webhookendpoint_once_per_address",
        WebhookEndpointFactory,
        workspace=endpoint.workspace,
        url=endpoint.url,
    )
