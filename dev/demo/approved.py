"""Write the file with the approved WhatsApp templates of the demo, for the simulator."""

import json
from pathlib import Path

from config import embedded
from core import tenancy
from dev.demo.__main__ import WHATSAPP_TEMPLATES
from templates_app.models import ApprovedText


def approved_texts_file() -> Path:
    return embedded.local() / WHATSAPP_TEMPLATES


def write_approved_texts() -> None:
    with tenancy.platform("demo"):
        approved = list(ApprovedText.objects.filter(retired_at=None).exclude(body=""))
    approved_texts_file().write_text(
        json.dumps(
            {
                text.content_sid: {
                    "body": text.body,
                    "buttons": text.buttons,
                    "language": text.language,
                    "status": text.status,
                    "category": text.category,
                    "rejection_reason": text.rejection_reason,
                    "variables": text.samples,
                }
                for text in approved
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
