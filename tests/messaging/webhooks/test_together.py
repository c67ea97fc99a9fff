"""Many workers at once, calls that cross, and a worker that dies: always the same result."""

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
from tests.messaging.webhooks.calls import INBOUND, answer, post, receipt, status_url
from tests.messaging.webhooks.rows import asked, errors, events, follow_ups, fresh, inbox_of

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def elsewhere(act: Callable[[], T]) -> T:
    """In another thread, on a connection of its own, which does not wait for long."""

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


def test_workers_share_the_receipts(sender: Sender) -> None:
    lost = [asked(sender, status=MessageStatus.UNKNOWN) for _ in range(8)]
    for said in ("delivered", "queued", "undelivered", "sent", "delivered"):
        for message in lost:
            token = {"I-Twilio-Idempotency-Token": f"{said}{len(events())}"}
            post(status_url(message.pk), receipt(said, sid=str(message.external_id)), **token)
    work_together()

    assert [fresh(message).status for message in lost] == [MessageStatus.DELIVERED] * 8
    assert set(errors()) == {""}
    assert all(event.processed_at for event in events())


def test_an_answer_is_taken_once_by_many_workers(sender: Sender) -> None:
    ask, five = asked(sender), answer("5")
    for delivery in ("first", "second"):
        post(INBOUND, five, **{"I-Twilio-Idempotency-Token": delivery})
    work_together()

    assert len(inbox_of(ask)) == 1
    assert follow_ups(ask) == ["FOLLOWUP_HAPPY"]


def test_what_one_person_wrote_waits_for_what_they_wrote_before(sender: Sender) -> None:
    ask = asked(sender)
    for said in (answer("5"), answer("1"), answer("Hola", From="+593990000000")):
        post(INBOUND, said)
    with tenancy.platform("a worker"):
        assert inbox.lock_oldest_inbound()
        assert elsewhere(inbound.process_oldest), "somebody else's need not wait"
        assert not elsewhere(inbound.process_oldest)
    processing.process()

    assert [kept.body for kept in inbox_of(ask)] == ["5", "1"]
    assert fresh(ask).rating == 1


def test_the_same_call_at_the_same_time_is_kept_once(sender: Sender) -> None:
    ask = asked(sender)
    call = receipt("delivered", sid=str(ask.external_id))
    responses = run_concurrently(*[lambda: post(status_url(ask.pk), call)] * 4)

    assert [response.status_code for response in responses] == [200] * 4
    assert len(events()) == 1


def test_it_is_kept_before_it_is_answered(sender: Sender) -> None:
    ask = asked(sender)
    post(status_url(ask.pk), receipt("delivered"))

    assert len(elsewhere(events)) == 1


def test_a_message_that_is_being_settled_is_left_for_the_next_time(sender: Sender) -> None:
    busy, idle = (asked(sender, status=MessageStatus.SENT) for _ in range(2))
    for message in (busy, idle):
        sid = str(message.external_id)
        post(status_url(message.pk), receipt("delivered", sid=sid))
    with settling(busy):
        assert elsewhere(status.process_batch) == 1
    assert [fresh(message).status for message in (busy, idle)] == ["SENT", "DELIVERED"]

    processing.process()
    assert fresh(busy).status == MessageStatus.DELIVERED


def test_a_worker_that_dies_half_way_leaves_everything_to_the_next(sender: Sender) -> None:
    ask = asked(sender, status=MessageStatus.SENT)
    post(status_url(ask.pk), receipt("delivered", sid=str(ask.external_id)))
    post(INBOUND, answer("5"))
    with pytest.raises(KeyboardInterrupt), tenancy.platform("a worker"):
        processing.process()
        assert fresh(ask).rating == 5
        raise KeyboardInterrupt

    assert (fresh(ask).status, fresh(ask).rating) == (MessageStatus.SENT, None)
    with tenancy.platform("test"):
        assert IncomingWebhook.objects.filter(processed_at=None).count() == 2
        assert not InboundMessage.objects.exists()
    processing.process()
    assert (fresh(ask).status, fresh(ask).rating) == (MessageStatus.REPLIED, 5)


def test_an_answer_wakes_a_worker_and_a_receipt_waits_for_the_clock(sender: Sender) -> None:
    ask = asked(sender)
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue("webhooks")
        queue.clear()
        post(status_url(ask.pk), receipt("delivered"))
        assert queue.qsize() == 0
        post(INBOUND, answer("5"))
        assert queue.qsize() == 1
        queue.clear()
