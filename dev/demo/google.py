"""The demo's Google: the settings with which the product and the double find each other."""

from collections.abc import Mapping
from pathlib import Path

from config import embedded
from dev.doubles.google.settings import CLIENT_ID, CLIENT_SECRET, PUSH_EMAIL, TOPIC

STATE = "google_world.json"
# How long a visitor waits until a reply is published.
MODERATION_MS = 6_000
PUSH_PATH = "/webhooks/google/"


def environment(port: int, site: str) -> Mapping[str, str]:
    push_url = f"{site}{PUSH_PATH}"
    return {
        # By the name that its pages have: our Content-Security-Policy lets forms lead to no other.
        "GOOGLE_BASE_URL": f"http://localhost:{port}",
        "GOOGLE_BUSINESS_CLIENT_ID": CLIENT_ID,
        "GOOGLE_BUSINESS_CLIENT_SECRET": CLIENT_SECRET,
        "GOOGLE_BUSINESS_TOPIC": TOPIC,
        "GOOGLE_BUSINESS_PUSH_AUDIENCE": push_url,
        "GOOGLE_BUSINESS_PUSH_EMAIL": PUSH_EMAIL,
        "GOOGLE_PUSH_URL": push_url,
        "GOOGLE_STATE": str(state_file()),
        "GOOGLE_MODERATION_MS": str(MODERATION_MS),
        # Google's own limits.
        "GOOGLE_QUOTA": "300",
        "GOOGLE_EDIT_QUOTA": "10",
    }


def state_file() -> Path:
    return embedded.local() / STATE
