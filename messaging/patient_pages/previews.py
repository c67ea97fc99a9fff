"""Programs that look at a link before its reader does."""

from django.http import HttpRequest

WORDS = ("bot", "preview", "facebookexternalhit", "whatsapp", "slurp", "crawler", "scanner")


def is_preview(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "").lower()
    return not agent or any(word in agent for word in WORDS)
