"""Decides about replies as Google's moderation does, by words that a test or a visitor can use."""

import re

from dev.doubles.google.state import Reply

# The first rule that matches gives the policy violation.
RULES = (
    (re.compile(r"https?://|\bwww\.|\w\.(?:com|net|org|ec)\b"), "ADVERTISING_AND_SOLICITATION"),
    (re.compile(r"\b(?:oferta|descuento|discount|promo\w*)\b"), "ADVERTISING_AND_SOLICITATION"),
    (re.compile(r"\+?\d[\d ().-]{6,}\d"), "PERSONAL_INFO"),
    (re.compile(r"\b(?:c[eé]dula|passport|pasaporte)\b"), "PERSONAL_INFO"),
    (re.compile(r"\b(?:idiota|est[uú]pid[oa]|stupid)\b"), "HARASSMENT"),
)


def find_violation(comment: str) -> str:
    """Return the policy violation of a reply, or an empty text."""
    lowered = comment.lower()
    return next((violation for pattern, violation in RULES if pattern.search(lowered)), "")


def reply_state(reply: Reply, now: float) -> str:
    if now < reply.decided_at:
        return "PENDING"
    return "REJECTED" if reply.violation else "APPROVED"
