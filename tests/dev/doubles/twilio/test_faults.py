import time
from collections import Counter

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.doubles.twilio.faults import Faults, Trouble
from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.clients import PATIENT, SENDER
from tests.dev.doubles.twilio.conftest import Send
from tests.dev.doubles.twilio.stage import Stage

Cut = requests.exceptions.ConnectionError


def create(stage: Stage) -> requests.Response:
    return requests.post(
        f"{stage.base}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        data={"To": PATIENT, "From": SENDER, "Body": "Hola"},
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        timeout=5,
    )


def count_messages(stage: Stage) -> int:
    total: int = stage.get("/control/messages")["total"]
    return total


def test_429_has_retry_after_and_stores_no_message(stage: Stage) -> None:
    stage.put("/control/faults", {"rate_429": 1, "retry_after": 7})
    answer = create(stage)
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)
    assert answer.headers["Retry-After"] == "7"
    assert count_messages(stage) == 0


@pytest.mark.parametrize(("knob", "status"), [("rate_500", 500), ("rate_503", 503)])
@pytest.mark.parametrize("share", [0, 1])
def test_server_error_stores_the_message_or_not(
    stage: Stage, knob: str, status: int, share: int
) -> None:
    stage.put("/control/faults", {knob: 1, "recorded_share": share})
    assert create(stage).status_code == status
    assert count_messages(stage) == share


def test_message_with_dropped_response_is_delivered(stage: Stage, twilio: Client) -> None:
    stage.put("/control/faults", {"rate_drop": 1})
    with pytest.raises(Cut):
        create(stage)
    (found,) = twilio.messages.list(to=PATIENT)
    eventually(lambda: twilio.messages(found.sid).fetch().status == "delivered")


def test_dropped_response_can_hold_the_connection_open(stage: Stage) -> None:
    stage.put("/control/faults", {"rate_drop": 1, "drop_hold_ms": 150})
    begun = time.monotonic()
    with pytest.raises(Cut):
        create(stage)
    assert time.monotonic() - begun >= 0.15


def test_reset_connection_stores_no_message(stage: Stage) -> None:
    stage.put("/control/faults", {"rate_reset": 1})
    with pytest.raises(Cut):
        create(stage)
    assert count_messages(stage) == 0


def test_latency_delays_every_response(stage: Stage) -> None:
    stage.put("/control/faults", {"latency_ms": 100, "jitter_ms": 20})
    begun = time.monotonic()
    assert create(stage).status_code == 201
    assert time.monotonic() - begun >= 0.1


def test_lost_callback_is_not_sent(stage: Stage, send: Send, twilio: Client) -> None:
    stage.put("/control/faults", {"rate_lose": 1})
    sid = send().sid
    eventually(lambda: twilio.messages(sid).fetch().status == "delivered")
    assert stage.product.posts == []


def test_duplicate_callback_has_same_or_new_token(stage: Stage, send: Send) -> None:
    stage.put("/control/faults", {"rate_duplicate": 1, "reorder_ms": 0})
    for _ in range(3):
        send()
    posts = stage.product.received("status", count=18)
    assert Counter(post.status for post in posts) == {"queued": 6, "sent": 6, "delivered": 6}
    tokens = Counter(post.headers["I-Twilio-Idempotency-Token"] for post in posts)
    assert set(tokens.values()) == {1, 2}


def test_callbacks_can_be_reordered(stage: Stage, send: Send) -> None:
    # One message at a time: callbacks of several would use the seeded numbers in any order.
    stage.put("/control/faults", {"rate_reorder": 0.5, "reorder_ms": 400, "seed": 3})
    for sent in range(1, 5):
        send()
        posts = stage.product.received("status", count=3 * sent)
    lives = [
        [post.status for post in posts if post.sid == sid] for sid in {post.sid for post in posts}
    ]
    assert any(life.index("delivered") < life.index("sent") for life in lives)


def test_error_code_can_be_set_for_any_number(stage: Stage, send: Send) -> None:
    stage.put("/control/faults", {"codes": {PATIENT[-4:]: 30004, "777": 21408}})
    send()
    posts = stage.product.received("status", count=3)
    assert posts[-1].fields["ErrorCode"] == "30004"
    with pytest.raises(TwilioRestException) as refused:
        send(to="+593991230777")
    assert refused.value.code == 21408


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_429": 1.5},
        {"rate_429": -1},
        {"rate_429": True},
        {"rate_429": "often"},
        {"rate_429": None},
        {"latency_ms": "NaN"},
        {"latency_ms": 1e400},
        {"codes": {"x": 1}},
        {"codes": [1]},
        {"rate_of_luck": 1},
        ["rate_429"],
    ],
)
def test_invalid_fault_value_is_refused_with_a_message(stage: Stage, wrong: object) -> None:
    before = stage.get("/control/faults")
    answer = stage.http.put(f"{stage.base}/control/faults", data=str(wrong).replace("'", '"'))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert stage.get("/control/faults") == before


def test_fault_value_can_be_text() -> None:
    faults = Faults().changed(
        {"rate_429": "0.05", "latency_ms": "20", "codes": "42=30003, 7=21610"}
    )
    assert (faults.rate_429, faults.latency_ms) == (0.05, 20)
    assert faults.codes == {"42": 30003, "7": 21610}


def test_same_seed_gives_same_faults() -> None:
    def fates(seed: int) -> list[object]:
        trouble = Trouble(Faults(seed=seed, rate_429=0.2, rate_500=0.2, rate_drop=0.2))
        return [trouble.choose_fate() for _ in range(50)]

    assert fates(1) == fates(1)
    assert fates(1) != fates(2)


def test_one_fault_does_not_change_the_random_sequence_of_another() -> None:
    calm = Trouble(Faults(rate_drop=0.3))
    busy = Trouble(Faults(rate_drop=0.3, rate_lose=0.5))
    for _ in range(50):
        busy.callback_delays()
        assert busy.choose_fate() == calm.choose_fate()
