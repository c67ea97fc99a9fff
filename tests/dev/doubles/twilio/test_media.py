"""Pictures of patients: named in the webhook, and fetched as from Twilio, also by the product."""

import base64
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import LazySettings
from django.utils import timezone
from PIL import Image

from core import tenancy
from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN, Settings
from messaging import attachments
from messaging.models import AttachmentStatus, InboundAttachment
from messaging.webhooks.answers import answer_of
from tests.dev.doubles.twilio.clients import PATIENT, WHATSAPP_SENDER
from tests.dev.doubles.twilio.stage import AT_ONCE, Stage
from tests.factories import InboundMessageFactory

CREDENTIALS = (ACCOUNT_SID, AUTH_TOKEN)


def make_picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (80, 60), (10, 90, 80)).save(file, "JPEG")
    return file.getvalue()


def file_of(data: bytes, content_type: str = "image/jpeg") -> dict[str, str]:
    return {"content_type": content_type, "data": base64.b64encode(data).decode()}


def send_files(stage: Stage, *files: dict[str, str], body: str = "") -> dict[str, str]:
    """Write as the patient. Return the fields that the product received."""
    stage.reply(PATIENT, body, to=WHATSAPP_SENDER, channel="whatsapp", media=files)
    return stage.product.received("inbound")[-1].fields


def test_picture_is_named_in_the_webhook(stage: Stage) -> None:
    fields = send_files(stage, file_of(make_picture()), body="Mi receta")
    expected = {
        "Body": "Mi receta",
        "NumMedia": "1",
        "MediaContentType0": "image/jpeg",
        "MessageType": "image",
    }
    assert expected.items() <= fields.items()
    assert fields["MessageSid"].startswith("MM")
    resource = f"{stage.base}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{fields['MessageSid']}"
    assert fields["MediaUrl0"].startswith(f"{resource}/Media/ME")


def test_files_of_a_message_are_numbered(stage: Stage) -> None:
    fields = send_files(stage, file_of(b"%PDF-", "application/pdf"), file_of(make_picture()))
    assert (fields["NumMedia"], fields["MessageType"]) == ("2", "document")
    assert fields["MediaContentType1"] == "image/jpeg"
    assert fields["MediaUrl0"] != fields["MediaUrl1"]


def test_picture_is_fetched_with_the_password_only(stage: Stage) -> None:
    picture = make_picture()
    url = send_files(stage, file_of(picture))["MediaUrl0"]
    for wrong in (None, (ACCOUNT_SID, "guessed")):
        assert requests.get(url, auth=wrong, timeout=5).status_code == 401
    fetched = requests.get(url, auth=CREDENTIALS, timeout=5)
    assert (fetched.content, fetched.headers["Content-Type"]) == (picture, "image/jpeg")
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    assert [step.status_code for step in fetched.history] == [307]
    other = url.rpartition("/")[0] + "/ME" + "0" * 32
    assert requests.get(other, auth=CREDENTIALS, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "media",
    ["many", [{}], [{"content_type": "image/png", "data": "*"}], [file_of(b"x", "a/b\r\nc: d")]],
)
def test_malformed_file_is_refused(stage: Stage, media: Any) -> None:
    told = {"from": PATIENT, "to": WHATSAPP_SENDER, "media": media}
    answer = requests.post(f"{stage.base}/control/reply", json=told, timeout=5)
    assert answer.status_code == 400
    assert stage.get("/phones")["phones"] == []


def test_picture_stays_on_the_phone_over_a_restart(tmp_path: Path) -> None:
    settings = replace(Settings(faults=AT_ONCE), state=tmp_path / "phones.json")
    with Stage(settings) as stage:
        send_files(stage, file_of(make_picture()))
    with Stage(settings) as stage:
        (item,) = stage.get("/phones")["phones"][0]["items"]
        (media,) = item["media"]
        assert requests.get(stage.base + media["path"], timeout=5).content == make_picture()


@pytest.mark.django_db
def test_product_fetches_the_picture(stage: Stage, settings: LazySettings) -> None:
    settings.TWILIO_API_BASE_URL = stage.base
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = CREDENTIALS
    answer = answer_of(send_files(stage, file_of(make_picture())), at=timezone.now())
    inbound = InboundMessageFactory.create(external_id=answer.external_id)
    with tenancy.within(inbound.workspace_id):
        attachments.note_attachments(inbound, answer)
    assert attachments.fetch_waiting() == 1

    with tenancy.within(inbound.workspace_id):
        stored = InboundAttachment.objects.get()
    assert stored.status == AttachmentStatus.STORED
    assert stored.data
    assert Image.open(BytesIO(bytes(stored.data))).size == (80, 60)
