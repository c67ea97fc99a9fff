from typing import Any

import pytest
import requests

from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import PATIENT
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage

OTHER_PATIENT = "+593987654321"


def test_messages_are_counted_by_recipient(stage: Stage, send: Send) -> None:
    for to in (PATIENT, OTHER_PATIENT, PATIENT):
        send(to=to)
    stage.reply(PATIENT, "STOP")
    told = stage.get("/control/messages")
    assert (told["total"], told["forgotten"]) == (3, 0)
    assert told["per_to"] == {PATIENT: 2, OTHER_PATIENT: 1}
    (one,) = stage.get("/control/messages", to=OTHER_PATIENT)["messages"]
    assert one["body"] == "¿Cómo le fue?"
    assert stage.get("/control/messages", limit="0")["messages"] == []


def test_oldest_messages_are_dropped_and_counted(stage: Stage, send: Send) -> None:
    stage.simulator.state.keep = 2
    for _ in range(3):
        send()
    assert stage.get("/control/messages")["forgotten"] == 1
    assert stage.get("/control/stats")["messages"] == 2


def test_stats_count_responses_of_the_product(stage: Stage, send: Send) -> None:
    send()
    stage.reply(PATIENT, "5")
    counts = eventually(
        lambda: (
            (found := stage.get("/control/stats")["counts"]).get("callback answered 204") == 3
            and found.get("inbound answered 204")
            and found
        )
    )
    assert (counts["outbound-api"], counts["inbound"], counts["callback"]) == (1, 1, 3)


def test_reset_deletes_everything_and_cancels_pending_callbacks(stage: Stage, send: Send) -> None:
    send()
    stage.product.received("status", count=3)
    stage.put("/control/faults", {"sent_ms": 50, "rate_429": 0.5})
    stage.put("/control/faults", {"rate_429": 0})
    send()
    stage.product.received("status", count=4)
    stage.post("/control/reset", {})
    assert stage.get("/control/messages")["total"] == 0
    assert stage.get("/phones") == {"phones": [], "total": 0, "senders": []}
    assert stage.get("/control/faults")["sent_ms"] == 2
    send()
    assert [post.status for post in stage.product.received("status", count=7)][4:] == [
        "queued",
        "sent",
        "delivered",
    ]


def test_phones_can_be_named(stage: Stage) -> None:
    stage.post("/control/phones", {PATIENT: "Ana Torres"})
    (phone,) = stage.get("/phones")["phones"]
    assert (phone["name"], phone["label"]) == ("Ana Torres", "+593 99 123 4567")


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "+1500"},
        {"from": PATIENT, "to": "+15005550006", "channel": "pigeon"},
        {"from": PATIENT, "to": "+15005550006", "body": 5},
        {"from": PATIENT, "to": "+15005550006", "extra": []},
        [],
    ],
)
def test_invalid_reply_is_refused(stage: Stage, wrong: Any) -> None:
    answer = requests.post(f"{stage.base}/control/reply", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_invalid_template_is_refused(stage: Stage) -> None:
    for wrong in ({}, {"body": 1}, {"body": "Hola", "buttons": "1"}):
        assert stage.http.put(f"{stage.base}/control/contents/HX1", json=wrong).status_code == 400


@pytest.mark.parametrize("path", ["/", "/phones", "/control/messages", "/control/mails"])
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=str
)
def test_request_from_another_site_is_refused(
    stage: Stage, path: str, headers: dict[str, str]
) -> None:
    answer = requests.get(stage.base + path, headers=headers, timeout=5)
    assert answer.status_code == 403


def test_reply_from_own_page_is_accepted(stage: Stage) -> None:
    told = {"from": PATIENT, "to": "+15005550006", "body": "5"}
    headers = {"Origin": stage.base}
    answer = requests.post(f"{stage.base}/control/reply", json=told, headers=headers, timeout=5)
    assert answer.status_code == 201
