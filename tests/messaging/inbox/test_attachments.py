"""Pictures that patients send: noted with the text, fetched, encoded anew, shown and deleted."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import requests
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core import tenancy
from messaging import attachments
from messaging.models import AttachmentStatus, InboundAttachment
from messaging.privacy import anonymization
from messaging.webhooks.answers import answer_of
from tests.factories import (
    ConversationFactory,
    InboundAttachmentFactory,
    InboundMessageFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

SID = "ME" + "a" * 32
FIELDS = {
    "MessageSid": "MM" + "b" * 32,
    "From": "whatsapp:+593987654321",
    "To": "whatsapp:+15550001111",
    "Body": "",
    "NumMedia": "2",
    "MediaUrl0": f"https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/{SID}",
    "MediaContentType0": "image/jpeg",
    "MediaUrl1": "https://evil.example/passwords",
    "MediaContentType1": "text/html",
}


class FakeResponse:
    """What `requests.get` returns, without a server."""

    def __init__(self, data: bytes, status: int = 200) -> None:
        self.data, self.status = data, status

    def __enter__(self) -> "FakeResponse":
        return self

    def __exit__(self, *_args: object) -> None:
        return None

    def raise_for_status(self) -> None:
        if self.status != 200:
            raise requests.HTTPError(str(self.status))

    def iter_content(self, size: int) -> Any:
        return (self.data[start : start + size] for start in range(0, len(self.data), size))


def make_photo(side: int = 2000) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side, side // 2), (10, 90, 80)).save(file, "JPEG", comment=b"secret")
    return file.getvalue()


def create_attachment(user: User | None = None, **fields: Any) -> InboundAttachment:
    user = user or UserFactory.create()
    inbound = InboundMessageFactory.create(workspace=user.workspace)
    ConversationFactory.create(workspace=user.workspace, patient=inbound.patient)
    row: InboundAttachment = InboundAttachmentFactory.create(
        workspace=user.workspace,
        inbound=inbound,
        **{"status": AttachmentStatus.WAITING, "data": None} | fields,
    )
    return row


def reload(row: InboundAttachment) -> InboundAttachment:
    with tenancy.platform("test"):
        return InboundAttachment.objects.get(pk=row.pk)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> list[FakeResponse]:
    """Answer each fetch with the last response of the list."""
    settings.TWILIO_API_BASE_URL = "https://api.twilio.com"
    responses = [FakeResponse(make_photo())]

    def get(address: str, **_options: object) -> FakeResponse:
        assert address.startswith("https://api.twilio.com/2010-04-01/Accounts/")
        return responses[-1]

    monkeypatch.setattr(requests, "get", get)
    return responses


def test_call_names_files_by_their_id_at_the_provider_only() -> None:
    answer = answer_of(FIELDS, at=timezone.now())

    assert [(media.sid, media.content_type) for media in answer.media] == [(SID, "image/jpeg")]


def test_only_pictures_are_to_be_fetched() -> None:
    inbound = InboundMessageFactory.create()
    fields = {**FIELDS, "MediaUrl1": FIELDS["MediaUrl0"].replace(SID, "ME" + "c" * 32)}
    with tenancy.within(inbound.workspace_id):
        attachments.note_attachments(inbound, answer_of(fields, at=timezone.now()))
        found = dict(InboundAttachment.objects.values_list("content_type", "status"))

    assert found == {"image/jpeg": "WAITING", "text/html": "NOT_SHOWN"}


def test_picture_is_stored_small_and_without_metadata(provider: list[FakeResponse]) -> None:
    row = create_attachment()
    assert attachments.fetch_waiting() == 1

    stored = reload(row)
    assert stored.status == AttachmentStatus.STORED
    assert stored.data
    assert b"secret" not in bytes(stored.data)
    assert Image.open(BytesIO(bytes(stored.data))).size == (1280, 640)
    assert attachments.fetch_waiting() == 0


@pytest.mark.parametrize("data", [b"<html>", b"", make_photo()[:2000], b"\xff" * 5_100_000])
def test_what_is_no_picture_is_not_shown(provider: list[FakeResponse], data: bytes) -> None:
    provider.append(FakeResponse(data))
    row = create_attachment()
    attachments.fetch_waiting()

    assert reload(row).status == AttachmentStatus.NOT_SHOWN


def test_failed_fetch_is_tried_again_later_and_not_for_ever(provider: list[FakeResponse]) -> None:
    provider.append(FakeResponse(b"", status=404))
    row = create_attachment()
    attachments.fetch_waiting()
    assert (reload(row).status, reload(row).tries) == (AttachmentStatus.WAITING, 1)
    assert attachments.fetch_waiting() == 0

    with tenancy.platform("test"):
        InboundAttachment.objects.update(tries=attachments.MAX_TRIES, next_try_at=timezone.now())
    attachments.fetch_waiting()
    assert reload(row).status == AttachmentStatus.NOT_SHOWN


def test_picture_is_shown_to_those_who_see_the_patient(
    client: Client, provider: list[FakeResponse]
) -> None:
    owner = UserFactory.create(role=Role.OWNER)
    row = create_attachment(owner)
    attachments.fetch_waiting()
    address = reverse("inbox_attachment", args=[row.pk])
    client.force_login(owner)
    response = client.get(address)

    assert response["Content-Type"] == "image/jpeg"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    for stranger, status in (
        (UserFactory.create(role=Role.OWNER), 404),
        (UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR), 404),
        (UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST), 403),
    ):
        client.force_login(stranger)
        assert client.get(address).status_code == status


def test_thread_shows_the_picture_and_names_other_files(
    client: Client, provider: list[FakeResponse]
) -> None:
    owner = UserFactory.create(role=Role.OWNER, language="en")
    row = create_attachment(owner)
    InboundAttachmentFactory.create(
        workspace=owner.workspace,
        inbound=row.inbound,
        content_type="application/pdf",
        status=AttachmentStatus.NOT_SHOWN,
        data=None,
    )
    attachments.fetch_waiting()
    client.force_login(owner)
    with tenancy.within(row.workspace_id):
        conversation: UUID = row.inbound.patient.conversation.pk
    page = client.get(reverse("inbox_conversation", args=[conversation])).content.decode()

    assert f'<img src="{reverse("inbox_attachment", args=[row.pk])}"' in page
    assert "A file (application/pdf)" in page


def test_pictures_of_an_anonymised_patient_are_deleted(provider: list[FakeResponse]) -> None:
    row = create_attachment()
    attachments.fetch_waiting()
    with tenancy.within(row.workspace_id):
        anonymization.anonymize_patients([row.inbound.patient], now=timezone.now())
        assert not InboundAttachment.objects.exists()
