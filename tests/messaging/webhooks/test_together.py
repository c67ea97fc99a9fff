"""Concurrent workers, concurrent calls and dead workers end with the same result."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pytest
from celery import current_app
from django.db import connection

from core import tenancy
from core.models import IncomingWebhook
from messaging.models import InboundMessage, Message, MessageStatus, Sender
from messaging.webhooks import inbound, inbox, processing, status
from tests.concurrency import run_concurrently
from tests.messaging.webhooks.calls import INBOUND, post, status_fields, status_url, text_fields
from tests.messaging.webhooks.rows import (
    call_errors,
    create_delivered_ask,
    follow_ups,
    inbox_of,
    reload_message,
    stored_calls,
)

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def in_another_thread(act: Callable[[], T]) -> T:
    """Run in another thread and connection, with a short lock timeout."""

    def run() -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


@contextmanager
def settling(message: Message) -> Iterator[None]:
    with tenancy.platform("test"):
        Message.objects.select_for_update().get(pk=message.pk)
        yield


def work_together() -> None:
    run_concurrently(*[processing.process] * 4)
    processing.process()  # for what one left because another had it


def test_concurrent_workers_share_the_receipts(sender: Sender) -> None:
    lost = [create_delivered_ask(sender, status=MessageStatus.UNKNOWN) for _ in range(8)]
    for said in ("delivered", "queued", "undelivered", "sent", "delivered"):
        for message in lost:
            token = {"I-Twilio-Idempotency-Token": f"{said}{len(stored_calls())}"}
            post(status_url(message.pk), status_fields(said, sid=str(message.external_id)), **token)
    work_together()

    assert [reload_message(message).status for message in lost] == [MessageStatus.DELIVERED] * 8
    assert set(call_errors()) == {""}
    assert all(event.processed_at for event in stored_calls())


def test_concurrent_workers_process_a_reply_once(sender: Sender) -> None:
    ask, five = create_delivered_ask(sender), text_fields("5")
    for delivery in ("first", "second"):
        post(INBOUND, five, **{"I-Twilio-Idempotency-Token": delivery})
    work_together()

    assert len(inbox_of(ask)) == 1
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]


def test_text_waits_for_an_earlier_text_of_the_same_person(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    for said in (text_fields("5"), text_fields("1"), text_fields("Hola", From="+593990000000")):
        post(INBOUND, said)
    with tenancy.platform("a worker"):
        assert inbox.lock_oldest_inbound()
        assert in_another_thread(inbound.process_oldest), "somebody else's need not wait"
        assert not in_another_thread(inbound.process_oldest)
    processing.process()

    assert [kept.body for kept in inbox_of(ask)] == ["5", "1"]
    assert reload_message(ask).rating == 1


def test_concurrent_identical_calls_are_stored_once(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    call = status_fields("delivered", sid=str(ask.external_id))
    responses = run_concurrently(*[lambda: post(status_url(ask.pk), call)] * 4)

    assert [response.status_code for response in responses] == [200] * 4
    assert len(stored_calls()) == 1


def test_call_is_committed_before_the_response(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    post(status_url(ask.pk), status_fields("delivered"))

    assert len(in_another_thread(stored_calls)) == 1


def test_receipt_of_a_message_being_settled_is_processed_later(sender: Sender) -> None:
    busy, idle = (create_delivered_ask(sender, status=MessageStatus.SENT) for _ in range(2))
    for message in (busy, idle):
        sid = str(message.external_id)
        post(status_url(message.pk), status_fields("delivered", sid=sid))
    with settling(busy):
        assert in_another_thread(status.process_batch) == 1
    assert [reload_message(message).status for message in (busy, idle)] == ["SENT", "DELIVERED"]

    processing.process()
    assert reload_message(busy).status == MessageStatus.DELIVERED


def test_calls_of_a_dead_worker_are_processed_by_the_next(sender: Sender) -> None:
    ask = create_delivered_ask(sender, status=MessageStatus.SENT)
    post(status_url(ask.pk), status_fields("delivered", sid=str(ask.external_id)))
    post(INBOUND, text_fields("5"))
    with pytest.raises(KeyboardInterrupt), tenancy.platform("a worker"):
        processing.process()
        assert reload_message(ask).rating == 5
        raise KeyboardInterrupt

    assert (reload_message(ask).status, reload_message(ask).rating) == (MessageStatus.SENT, None)
    with tenancy.platform("test"):
        assert IncomingWebhook.objects.filter(processed_at=None).count() == 2
        assert not InboundMessage.objects.exists()
    processing.process()
    assert (reload_message(ask).status, reload_message(ask).rating) == (MessageStatus.REPLIED, 5)


def test_reply_queues_processing_and_receipt_waits_for_the_schedule(sender: Sender) -> None:
    ask = create_delivered_ask(sender)
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue("webhooks")
        queue.clear()
        post(status_url(ask.pk), status_fields("delivered"))
        assert queue.qsize() == 0
        post(INBOUND, text_fields("5"))
        assert queue.qsize() == 1
        queue.clear()
