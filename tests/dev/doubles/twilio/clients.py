"""Twilio's official client with the URL and the credentials of the simulator."""

from typing import Any

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN

PUBLIC_API = "https://api.twilio.com"
PUBLIC_CONTENT = "https://content.twilio.com"
SENDER = "+15005550006"
PATIENT = "+593991234567"
WHATSAPP_SENDER = f"whatsapp:{SENDER}"
WHATSAPP_PATIENT = f"whatsapp:{PATIENT}"
SERVICE = "MG" + "a" * 32
CONTENT = "HX" + "b" * 32


class Elsewhere(TwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def request(self, method: str, url: str, *more: Any, **named: Any) -> Any:
        url = url.replace(PUBLIC_API, self.base).replace(PUBLIC_CONTENT, self.base)
        return super().request(method, url, *more, **named)


class ElsewhereAsync(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    async def request(self, method: str, url: str, **named: Any) -> Any:
        # aiohttp deprecates the `auth` that the SDK would pass on.
        login, password = named.pop("auth")
        named["headers"]["Authorization"] = aiohttp.encode_basic_auth(login, password)
        return await super().request(method, url.replace(PUBLIC_API, self.base), **named)


def client(base: str, *, account: str = ACCOUNT_SID, token: str = AUTH_TOKEN) -> Client:
    return Client(account, token, http_client=Elsewhere(base))
