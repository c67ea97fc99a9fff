"""Files that patients send on WhatsApp: note them with the text, and fetch pictures afterwards.

Only pictures are stored, and only after they were decoded and written anew, so that nothing that a
stranger sent is ever opened in a member's browser. Other files are named and stay at the provider.
"""

from datetime import timedelta
from io import BytesIO

import requests
import structlog
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.utils import timezone

from core import pictures, tenancy
from messaging import live_pages, task_queue
from messaging.models import AttachmentStatus, InboundAttachment, InboundMessage
from messaging.webhooks.answers import PatientAnswer

log = structlog.get_logger("attachments")

PICTURES = {"image/jpeg", "image/png", "image/webp"}
API_VERSION = "2010-04-01"
# To connect, and between two packets. A worker of the queue `external` waits, never a page.
TIMEOUT = (5, 15)
CHUNK = 65_536
AT_ONCE = 10
MAX_TRIES = 6
# After these minutes times the number of tries. It is longer than a fetch takes.
PAUSE = timedelta(minutes=3)


class TooLargeError(Exception):
    """The file is larger than a picture may be."""


def note_attachments(inbound: InboundMessage, answer: PatientAnswer) -> None:
    """Store what was attached to a text, and queue the fetching of pictures."""
    rows = [
        InboundAttachment(
            workspace_id=inbound.workspace_id,
            inbound=inbound,
            media_sid=media.sid,
            content_type=media.content_type,
            status=AttachmentStatus.WAITING
            if media.content_type in PICTURES
            else AttachmentStatus.NOT_SHOWN,
        )
        for media in answer.media
    ]
    InboundAttachment.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.status == AttachmentStatus.WAITING for row in rows):
        task_queue.queue_attachments()


def fetch_waiting() -> int:
    """Fetch the pictures that are due. Return how many were tried.

    The next try is noted before the first byte, so no lock is held while the provider is asked, and
    a worker that is killed loses nothing.
    """
    with tenancy.platform("attachments"):
        due = list(
            InboundAttachment.objects.filter(
                status=AttachmentStatus.WAITING, next_try_at__lte=timezone.now()
            )
            .select_related("inbound")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_try_at")[:AT_ONCE]
        )
        for row in due:
            row.tries += 1
            row.next_try_at = timezone.now() + PAUSE * row.tries
            row.save(update_fields=["tries", "next_try_at", "updated_at"])
    for row in due:
        _fetch(row)
    return len(due)


def _fetch(row: InboundAttachment) -> None:
    try:
        file = _download(row)
        picture = pictures.encode_attachment(
            InMemoryUploadedFile(
                BytesIO(file), None, "attachment", row.content_type, len(file), None
            )
        )
    except (pictures.PictureError, TooLargeError):
        _settle(row, None)
    except (requests.RequestException, OSError) as error:
        log.warning("attachment_not_fetched", attachment=str(row.pk), error=type(error).__name__)
        if row.tries >= MAX_TRIES:
            _settle(row, None)
    else:
        _settle(row, picture)


def _download(row: InboundAttachment) -> bytes:
    """Read a file from Twilio. The address is built here and not taken from a call."""
    account = settings.TWILIO_ACCOUNT_SID
    address = (
        f"{settings.TWILIO_API_BASE_URL}/{API_VERSION}/Accounts/{account}"
        f"/Messages/{row.inbound.external_id}/Media/{row.media_sid}"
    )
    # Twilio redirects to a store of files, which `requests` sends no password to.
    with requests.get(
        address, auth=(account, settings.TWILIO_AUTH_TOKEN), stream=True, timeout=TIMEOUT
    ) as response:
        response.raise_for_status()
        data = b""
        for chunk in response.iter_content(CHUNK):
            data += chunk
            if len(data) > pictures.MAX_BYTES:
                raise TooLargeError
    return data


def _settle(row: InboundAttachment, picture: pictures.EncodedPicture | None) -> None:
    """Store the picture, or that there is none, unless the patient was erased meanwhile."""
    with tenancy.within(row.workspace_id):
        waiting = InboundAttachment.objects.filter(pk=row.pk, status=AttachmentStatus.WAITING)
        if picture:
            waiting.update(
                status=AttachmentStatus.STORED,
                data=picture.data,
                content_type=picture.content_type,
                updated_at=timezone.now(),
            )
        else:
            waiting.update(status=AttachmentStatus.NOT_SHOWN, updated_at=timezone.now())
        live_pages.note_change(row.workspace_id)
