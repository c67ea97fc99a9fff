"""One way to write to the clinic's people: a template with a subject, a text and an HTML part."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send(template: str, *, to: str, context: dict[str, Any]) -> None:
    """`template` names a pair: `.txt`, whose first line is the subject, and `.html`."""
    context = context | {"site_url": settings.SITE_URL}
    subject, _, text = render_to_string(f"{template}.txt", context).partition("\n")
    message = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[to])
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    message.send()
