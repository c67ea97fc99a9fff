"""Who receives it can tell that it is ours: by the algorithm of Standard Webhooks, written out."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import encryption, tenancy
from integrations.webhooks import endpoints, retention, signing
from integrations.webhooks.delivery_worker import deliver_due_webhooks
from integrations.webhooks.endpoints import EndpointDetails
from tests.factories import UserFactory, WorkspaceFactory
from tests.integrations.webhooks.receiver import Received, Receiver
from tests.integrations.webhooks.world import (
    create_endpoint,
    enqueue_numbers,
    list_attempts,
    list_deliveries,
    reload,
    update,
)

pytestmark = pytest.mark.django_db(transaction=True)


def signed_with(secret: str, received: Received) -> bool:
    headers = received.headers
    key = base64.b64decode(secret.split("_", 1)[1])
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [signature.split(",", 1) for signature in headers["webhook-signature"].split(" ")]
    return ["v1", expected] in given


def test_request_is_signed_with_its_time(receiver: Receiver) -> None:
    secret = signing.new_secret()
    endpoint = create_endpoint(receiver.url, secret=encryption.seal(secret))
    enqueue_numbers(endpoint.workspace_id, 1)

    deliver_due_webhooks()

    [received] = receiver.received
    [delivery] = list_deliveries(endpoint)
    assert signed_with(secret, received)
    assert not signed_with(signing.new_secret(), received)
    assert received.headers["webhook-id"] == str(delivery.pk)
    assert abs(int(received.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert received.headers["Content-Type"] == "application/json"
    assert received.payload == {
        "type": "rating.received",
        "timestamp": delivery.created_at.isoformat(),
        "data": {"number": 1},
    }


def test_both_secrets_sign_for_a_day_after_a_rotation(receiver: Receiver) -> None:
    workspace = WorkspaceFactory.create()
    owner = UserFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        endpoint, first = endpoints.create_endpoint(
            workspace=workspace,
            details=EndpointDetails(receiver.url, ["rating.received"]),
            by=owner,
        )
        second = endpoints.rotate_secret(endpoint=endpoint, by=owner)

    enqueue_numbers(endpoint.workspace_id, 1)
    deliver_due_webhooks()
    update(endpoint, earlier_secret_until=timezone.now() - timedelta(seconds=1))
    enqueue_numbers(endpoint.workspace_id, 2)
    deliver_due_webhooks()

    during, after = receiver.received
    assert [signed_with(secret, during) for secret in (first, second)] == [True, True]
    assert [signed_with(secret, after) for secret in (first, second)] == [False, True]
    retention.prune_deliveries()
    assert (reload(endpoint).earlier_secret, reload(endpoint).earlier_secret_until) == ("", None)


def test_database_holds_no_readable_secret() -> None:
    workspace = WorkspaceFactory.create()
    owner = UserFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        _made, secret = endpoints.create_endpoint(
            workspace=workspace,
            details=EndpointDetails("https://hooks.example.com/", ["rating.received"]),
            by=owner,
        )
    with tenancy.platform("test"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM integrations_webhookendpoint e")
        [(stored,)] = cursor.fetchall()

    assert secret.removeprefix(signing.PREFIX) not in stored
    assert len(base64.b64decode(secret.removeprefix(signing.PREFIX))) == 32


def test_unreadable_secret_is_logged_as_an_attempt(receiver: Receiver) -> None:
    endpoint = create_endpoint(receiver.url, secret="sealed with another key")
    enqueue_numbers(endpoint.workspace_id, 1)

    deliver_due_webhooks()

    assert receiver.received == []
    assert [attempt.trouble for attempt in list_attempts(endpoint)] == ["SECRET"]
