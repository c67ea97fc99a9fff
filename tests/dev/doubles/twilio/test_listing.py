from datetime import UTC, datetime, timedelta

from twilio.rest import Client

from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import PATIENT, SENDER
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage

OTHER_PATIENT = "+593987654321"
OTHER_SENDER = "+15005550007"


def test_pages_list_newest_messages_first(send: Send, twilio: Client) -> None:
    made = [send(body=f"text {number}").sid for number in range(7)]
    assert [found.sid for found in twilio.messages.list(page_size=3)] == made[::-1]
    assert [found.sid for found in twilio.messages.list(page_size=3, limit=4)] == made[:2:-1]


def test_next_page_continues_after_new_messages_came(send: Send, twilio: Client) -> None:
    first, second, third = (send().sid for _ in range(3))
    page = twilio.messages.page(page_size=1)
    assert [found.sid for found in page] == [third]
    send()
    page = page.next_page()
    assert [found.sid for found in page] == [second]
    page = page.next_page()
    assert [found.sid for found in page] == [first]
    assert page.next_page() is None


def test_page_can_be_requested_by_number(send: Send, twilio: Client) -> None:
    first, _second = send().sid, send().sid
    page = twilio.messages.page(page_size=1, page_number=1)
    assert [found.sid for found in page] == [first]
    assert page.previous_page_url.endswith("PageSize=1&Page=0")


def test_messages_can_be_filtered_by_sender_and_recipient(send: Send, twilio: Client) -> None:
    wanted = send(to=PATIENT, from_=SENDER).sid
    send(to=OTHER_PATIENT, from_=SENDER)
    send(to=PATIENT, from_=OTHER_SENDER)
    assert [found.sid for found in twilio.messages.list(to=PATIENT, from_=SENDER)] == [wanted]


def test_messages_can_be_filtered_by_date(send: Send, twilio: Client) -> None:
    sid = send().sid
    now = datetime.now(UTC)
    today, yesterday = f"{now:%Y-%m-%d}", f"{now - timedelta(days=1):%Y-%m-%d}"
    find = twilio.messages.list
    for within in (
        {"date_sent_after": now - timedelta(seconds=30)},
        {"date_sent_before": now + timedelta(seconds=30)},
        {"date_sent_after": today, "date_sent_before": today},
        {"date_sent": today},
    ):
        assert [found.sid for found in find(**within)] == [sid], within
    for outside in (
        {"date_sent_after": now + timedelta(seconds=30)},
        {"date_sent_before": now - timedelta(seconds=30)},
        {"date_sent": yesterday},
    ):
        assert find(**outside) == [], outside


def test_inbound_messages_are_listed(stage: Stage, twilio: Client) -> None:
    sid = stage.reply(PATIENT, "5")
    (found,) = twilio.messages.list(from_=PATIENT)
    assert (found.sid, found.direction, found.status) == (sid, "inbound", "received")


def test_list_lag_hides_newest_messages(stage: Stage, send: Send, twilio: Client) -> None:
    stage.put("/control/faults", {"list_lag_ms": 100})
    sid = send().sid
    assert twilio.messages.list() == []
    assert twilio.messages(sid).fetch().sid == sid
    eventually(lambda: [found.sid for found in twilio.messages.list()] == [sid])
