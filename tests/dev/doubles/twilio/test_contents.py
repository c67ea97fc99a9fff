"""Creating, submitting and deciding about templates, as the product and a person at the desk do."""

from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN
from tests.dev.doubles.twilio.stage import Stage

NEW = {
    "friendly_name": "initial_es_v1_abc",
    "language": "es",
    "variables": {"1": "Ana"},
    "types": {
        "twilio/quick-reply": {
            "body": "Hola {{1}}, ¿cómo le fue?",
            "actions": [{"type": "QUICK_REPLY", "title": "5", "id": "5"}],
        }
    },
}


def call(stage: Stage, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(
        method, stage.base + path, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=5, **more
    )


def create(stage: Stage, **changes: Any) -> str:
    answer = call(stage, "POST", "/v1/Content", json=NEW | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def submit(stage: Stage, sid: str, **changes: str) -> requests.Response:
    wanted = {"name": "initial_es_v1_abc", "category": "UTILITY"} | changes
    return call(stage, "POST", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", json=wanted)


def decide(stage: Stage, sid: str, action: str, **more: str) -> None:
    requests.post(f"{stage.base}/templates", data={"sid": sid, "action": action} | more, timeout=5)


def test_content_is_created_found_submitted_and_decided(stage: Stage, twilio: Client) -> None:
    sid = create(stage)
    context = twilio.content.v1.contents(sid)
    assert context.fetch().variables == {"1": "Ana"}
    assert context.approval_fetch().fetch().whatsapp["status"] == "unsubmitted"
    (found,) = twilio.content.v2.contents.list(content_name="^initial_es_v1_abc$")
    assert (found.sid, found.friendly_name) == (sid, "initial_es_v1_abc")

    assert submit(stage, sid).json()["status"] == "received"
    decide(stage, sid, "reject", reason="PROMOTIONAL")
    assert context.approval_fetch().fetch().whatsapp["rejection_reason"] == "PROMOTIONAL"
    decide(stage, sid, "approve")
    decide(stage, sid, "recategorise")
    said = context.approval_fetch().fetch().whatsapp
    assert (said["status"], said["category"]) == ("approved", "MARKETING")


def test_content_is_submitted_once_and_its_name_is_checked(stage: Stage) -> None:
    sid = create(stage)
    assert submit(stage, sid, name="Not Allowed").status_code == 400
    assert submit(stage, sid, category="SPAM").status_code == 400
    assert submit(stage, sid).status_code == 201
    assert submit(stage, sid).status_code == 400


def test_meta_rejects_variables_at_the_end(stage: Stage) -> None:
    sid = create(stage, types={"twilio/text": {"body": "Hola {{1}}"}})

    assert submit(stage, sid).json()["status"] == "rejected"


def test_deleted_content_is_gone(stage: Stage, twilio: Client) -> None:
    sid = create(stage)

    assert call(stage, "DELETE", f"/v1/Content/{sid}").status_code == 204

    with pytest.raises(TwilioRestException):
        twilio.content.v1.contents(sid).fetch()


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"types": {"twilio/text": {}}}'])
def test_bad_content_is_refused(stage: Stage, body: str) -> None:
    assert call(stage, "POST", "/v1/Content", data=body).status_code == 400


def test_desk_shows_templates_in_both_languages(stage: Stage) -> None:
    create(stage)

    page = requests.get(f"{stage.base}/templates", timeout=5)
    assert "Hola {{1}}" in page.text
    assert "Rechazar" in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    english = requests.get(f"{stage.base}/templates?hl=en", timeout=5)
    assert "Reject" in english.text
