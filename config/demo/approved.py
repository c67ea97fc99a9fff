"""The WhatsApp templates that the demo's Meta has approved, told to the simulator in a file."""

import json
from pathlib import Path

from config import embedded
from config.demo.__main__ import WHATSAPP_TEMPLATES
from templates_app.models import MessageType, Template
from workspaces import tenancy

ASKS = (MessageType.INITIAL, MessageType.REMINDER)


def path() -> Path:
    return embedded.local() / WHATSAPP_TEMPLATES


def write() -> None:
    with tenancy.platform("demo"):
        approved = list(Template.objects.exclude(whatsapp_content_sid=""))
    path().write_text(
        json.dumps(
            {
                template.whatsapp_content_sid: {
                    "body": numbered(template),
                    "buttons": list("12345") if template.type in ASKS else [],
                }
                for template in approved
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )


def numbered(template: Template) -> str:
    """Meta knows no names: {{firstName}} is {{1}}, in the order in which they are sent."""
    body: str = template.content
    for number, name in enumerate(template.variables, start=1):
        body = body.replace(f"{{{{{name}}}}}", f"{{{{{number}}}}}")
    return body
