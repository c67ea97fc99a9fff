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
from tests.integrations.webhooks.world import attempts, endpoint, happens, log, now, put

pytestmark = pytest.mark.django_db(transaction=True)


def signed_with(secret: str, received: Received) -> bool:
    headers = received.headers
    key = base64.b64decode(secret.split("_", 1)[1])
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    return ["v1", expected] in given


def test_what_is_sent_is_signed_and_says_when(receiver: Receiver) -> None:
    secret = signing.new_secret()
    told = endpoint(receiver.url, secret=encryption.seal(secret))
    happens(told.workspace_id, 1)

    deliver_due_webhooks()

    [received] = receiver.received
    [delivery] = log(told)
    assert signed_with(secret, received)
    assert not signed_with(signing.new_secret(), received)
    assert received.headers["webhook-id"] == str(delivery.pk)
    assert abs(int(received.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert received.headers["Content-Type"] == "application/json"
    assert received.told == {
        "type": "rating.received",
        "timestamp": delivery.created_at.isoformat(),
        "data": {"number": 1},
    }


def test_for_a_day_after_a_rotation_both_secrets_sign(receiver: Receiver) -> None:
    workspace = WorkspaceFactory.create()
    owner = UserFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        told, first = endpoints.create_endpoint(
            workspace=workspace,
            details=EndpointDetails(receiver.url, ["rating.received"]),
            by=owner,
        )
        second = endpoints.rotate_secret(endpoint=told, by=owner)

    happens(told.workspace_id, 1)
    deliver_due_webhooks()
    put(told, earlier_secret_until=timezone.now() - timedelta(seconds=1))
    happens(told.workspace_id, 2)
    deliver_due_webhooks()

    during, after = receiver.received
    assert [signed_with(secret, during) for secret in (first, second)] == [True, True]
    assert [signed_with(secret, after) for secret in (first, second)] == [False, True]
    retention.prune_deliveries()
    assert (now(told).earlier_secret, now(told).earlier_secret_until) == ("", None)


def test_the_database_alone_does_not_give_a_secret_away() -> None:
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


def test_a_secret_that_cannot_be_read_any_more_is_said_in_the_log(receiver: Receiver) -> None:
    told = endpoint(receiver.url, secret="sealed with another key")
    happens(told.workspace_id, 1)

    deliver_due_webhooks()

    assert receiver.received == []
    assert [one.trouble for one in attempts(told)] == ["SECRET"]
