"""Twilio's Content API: create a template, submit it to Meta, find and delete it.

Plain requests instead of the SDK's classes, which send a null for each kind of content that a
template does not have. No transaction may be open during a request.
"""

import json
import logging
import re
from dataclasses import dataclass, field
from typing import Any

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

PUBLIC_API = "https://content.twilio.com"
TIMEOUT = 10
NOT_FOUND, TOO_MANY, SERVER_ERROR = 404, 429, 500
# The SDK logs its requests by default.
SILENT = logging.getLogger("twilio.content")
SILENT.disabled = True


class ContentTransport(TwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    """Sends the SDK's requests to the URL from the settings."""

    def __init__(self) -> None:
        super().__init__(timeout=TIMEOUT, logger=SILENT, max_retries=0)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        url = settings.TWILIO_CONTENT_BASE_URL + url.removeprefix(PUBLIC_API)
        return super().request(method, url, *args, **kwargs)


class UnreachableError(Exception):
    """There was no answer, or one that says to try later. The request may have been carried out."""


class RefusedError(Exception):
    """Twilio will never accept this request."""


@dataclass(frozen=True)
class NewContent:
    name: str
    language: str
    body: str
    samples: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        return "twilio/quick-reply" if self.buttons else "twilio/text"

    def to_json(self) -> dict[str, Any]:
        words: dict[str, Any] = {"body": self.body}
        if self.buttons:
            words["actions"] = [
                {"type": "QUICK_REPLY", "title": title, "id": title} for title in self.buttons
            ]
        return {
            "friendly_name": self.name,
            "language": self.language,
            "variables": self.samples,
            "types": {self.type: words},
        }


def make_client() -> Client:
    if not settings.TWILIO_ACCOUNT_SID:
        raise UnreachableError("no account")
    return Client(
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=ContentTransport()
    )


def create_content(content: NewContent) -> str:
    return str(_call("POST", "/v1/Content", content.to_json())["sid"])


def find_content(name: str) -> str:
    """Return the SID of the content with this name, or "": only the search of v2 takes a name."""
    found = _call("GET", "/v2/Content", params={"ContentName": f"^{re.escape(name)}$"})
    sids = [row["sid"] for row in found.get("contents", []) if row["friendly_name"] == name]
    return str(sids[0]) if sids else ""


def fetch_status(content_sid: str) -> str:
    """Return Meta's status of a template in Twilio's word, "unsubmitted" before the submission."""
    found = _call("GET", f"/v1/Content/{content_sid}/ApprovalRequests").get("whatsapp") or {}
    return str(found.get("status") or "unsubmitted")


def submit_content(content_sid: str, *, name: str, category: str) -> str:
    """Submit a template to Meta. Return its status."""
    path = f"/v1/Content/{content_sid}/ApprovalRequests/whatsapp"
    return str(_call("POST", path, {"name": name, "category": category}).get("status") or "")


def delete_content(content_sid: str) -> None:
    """Delete a template at Twilio and at Meta. One that is gone already is fine."""
    _call("DELETE", f"/v1/Content/{content_sid}", may_be_gone=True)


def _call(
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    params: dict[str, str] | None = None,
    may_be_gone: bool = False,
) -> dict[str, Any]:
    client = make_client()
    headers = {"Content-Type": "application/json"} if body else {}
    try:
        response = client.request(
            method, PUBLIC_API + path, params=params, data=body, headers=headers
        )
        status, text = response.status_code, response.text
        answer: dict[str, Any] = json.loads(text) if text else {}
    except (requests.RequestException, TwilioException, ValueError) as error:
        raise UnreachableError(type(error).__name__) from error
    if may_be_gone and status == NOT_FOUND:
        return {}
    if status == TOO_MANY or status >= SERVER_ERROR:
        raise UnreachableError(str(status))
    if status >= requests.codes.bad_request:
        raise RefusedError(f"{answer.get('message') or status} ({answer.get('code') or status})")
    return answer
