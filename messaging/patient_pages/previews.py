"""Recognise programs that open a link before its reader does, to show a preview or to scan it."""

from django.http import HttpRequest

AGENT_WORDS = ("bot", "preview", "facebookexternalhit", "whatsapp", "slurp", "crawler", "scanner")


def is_link_preview(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "").lower()
    return not agent or any(word in agent for word in AGENT_WORDS)
