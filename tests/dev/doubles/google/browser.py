"""A visitor's browser without scripts, and the consent page as the product opens it."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import requests

from dev.doubles.google.oauth import BUSINESS_SCOPE
from dev.doubles.google.settings import CLIENT_ID, CLIENT_SECRET
from tests.dev.doubles.google.stage import GoogleDouble

REDIRECT = "http://localhost:8000/google/callback/"
CLINIC = "1001"


class Browser:
    def __init__(self, google: GoogleDouble, language: str = "es-EC") -> None:
        self.base = google.url
        self.http = requests.Session()
        self.http.headers["Accept-Language"] = language

    def get(self, path: str, **query: str) -> requests.Response:
        return self.http.get(f"{self.base}{path}", params=query, timeout=5)

    def post(
        self, path: str, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> requests.Response:
        url = f"{self.base}{path}"
        return self.http.post(url, params=query, data=form, allow_redirects=False, timeout=5)

    def consent(
        self,
        *,
        user: str = CLINIC,
        action: str = "allow",
        allows: str = BUSINESS_SCOPE,
        **query: str,
    ) -> dict[str, str]:
        """Decide on the consent page. Return the parameters that lead back to the product."""
        form = {"user": user, "action": action, "scope": allows}
        answer = self.post("/o/oauth2/v2/auth", form, consent_query(**query))
        assert answer.status_code == 302, answer.text
        target = answer.headers["Location"]
        assert target.startswith(query.get("redirect_uri", REDIRECT))
        return {name: value for name, (value,) in parse_qs(urlsplit(target).query).items()}


def consent_query(**query: str) -> dict[str, str]:
    usual = {
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": f"openid email {BUSINESS_SCOPE}",
        "state": "state of the product",
        "access_type": "offline",
        "prompt": "consent",
    }
    return {name: value for name, value in {**usual, **query}.items() if value}


def request_token(google: GoogleDouble, **form: str) -> requests.Response:
    usual = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT,
        "grant_type": "authorization_code",
    }
    return google.http.post(f"{google.url}/token", data={**usual, **form}, timeout=5)


def words_of(page: requests.Response) -> str:
    """Return the text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
