"""Send SMS and WhatsApp messages with Twilio's client, asynchronously."""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from django.conf import settings
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from messaging.channels.protocol import (
    OutgoingMessage,
    ProviderTrace,
    SendOutcome,
    SendResult,
    wait_after_refusal,
)
from messaging.error_codes import meaning_of
from messaging.error_policy import policy_of

PUBLIC_API = "https://api.twilio.com"
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
CLOCK_TOLERANCE = timedelta(seconds=10)
MAX_TRACED = 50
VALID_FOR = 4 * 3600  # an ask that waits longer in the provider's queue is no longer about today


class ThrottledError(Exception):
    """The request was refused before it was processed, so nothing was sent."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


class TwilioTransport(AsyncHttpClient):  # type: ignore[misc]  # twilio has no types
    """Sends the SDK's requests to the URL from the settings, and logs none of them."""

    def __init__(self, *, connections: int) -> None:
        super().__init__(logger=None, is_async=True, timeout=None)
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections), timeout=TIMEOUT
        )

    async def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        async with self.session.request(
            method,
            settings.TWILIO_API_BASE_URL + url.removeprefix(PUBLIC_API),
            params=params,
            # As bytes: from a dict aiohttp would first prepare a multipart form, at twice the cost.
            data=urlencode(data).encode() if data else None,
            headers=headers | _basic_auth_header(auth),
            allow_redirects=allow_redirects,
        ) as response:
            if response.status == TOO_MANY_REQUESTS:
                raise ThrottledError(float(response.headers.get("Retry-After", 1)))
            return Response(response.status, await response.text(), response.headers)


class TwilioChannel:
    """The common part of SMS and WhatsApp, which write addresses with different prefixes."""

    prefix = ""

    def __init__(self, *, connections: int) -> None:
        self.transport = TwilioTransport(connections=connections)
        self.client = Client(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=self.transport
        )

    async def send(self, message: OutgoingMessage) -> SendOutcome:
        try:
            created = await self.client.messages.create_async(
                to=self.prefix + message.to,
                status_callback=message.status_callback or values.unset,
                validity_period=VALID_FOR,
                **self._sender_fields(message.sender),
                **self._content_fields(message),
            )
        except ThrottledError as error:
            return SendOutcome(SendResult.RETRY, code="20429", retry_after=error.retry_after)
        except TwilioRestException as error:
            return _outcome_of_refusal(error, attempt=message.attempt)
        except aiohttp.ClientConnectorError:
            return SendOutcome(SendResult.RETRY, reason="the connection never opened")
        except (aiohttp.ClientError, TimeoutError, TwilioException, ValueError) as error:
            return SendOutcome(SendResult.UNKNOWN, reason=type(error).__name__)
        return SendOutcome(
            SendResult.ACCEPTED,
            external_id=created.sid,
            segments=int(created.num_segments or 0) or None,
        )

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> ProviderTrace:
        """Look for the message in Twilio's list, because the answer to our request was lost."""
        # A message of a messaging service is listed under the number that Twilio chose.
        only_from = {} if _is_messaging_service(sender) else self._sender_fields(sender)
        try:
            listed = await self.client.messages.list_async(
                to=self.prefix + to, limit=MAX_TRACED, **only_from
            )
        except (aiohttp.ClientError, TimeoutError, TwilioException, ValueError, ThrottledError):
            return ProviderTrace(can_tell=False)
        return ProviderTrace(
            can_tell=True,
            external_ids=tuple(
                sent.sid
                for sent in listed
                if sent.direction.startswith("outbound")
                and sent.date_created >= since - CLOCK_TOLERANCE
                and self._has_our_text(sent.body, body)
            ),
        )

    async def close(self) -> None:
        await self.transport.session.close()

    def _sender_fields(self, sender: str) -> dict[str, str]:
        if _is_messaging_service(sender):
            return {"messaging_service_sid": sender}
        return {"from_": sender if sender.startswith(self.prefix) else self.prefix + sender}

    def _content_fields(self, message: OutgoingMessage) -> dict[str, str]:
        return {"body": message.body}

    def _has_our_text(self, theirs: str, ours: str) -> bool:
        return theirs == ours


class SmsChannel(TwilioChannel):
    pass


class WhatsAppChannel(TwilioChannel):
    prefix = "whatsapp:"

    def _content_fields(self, message: OutgoingMessage) -> dict[str, str]:
        """Use the approved template: 24 hours after the last text Meta accepts nothing else."""
        if message.content_sid:
            return {
                "content_sid": message.content_sid,
                "content_variables": json.dumps(dict(message.content_variables)),
            }
        return {"body": message.body}

    def _has_our_text(self, theirs: str, ours: str) -> bool:
        """Return True: the text of an approved template is Meta's, so it proves nothing."""
        return True


def _basic_auth_header(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + b64encode(":".join(auth).encode()).decode()}


def _is_messaging_service(sender: str) -> bool:
    """Return whether the sender is a pool of numbers, from which Twilio chooses one."""
    return sender.startswith("MG")


def _outcome_of_refusal(error: TwilioRestException, *, attempt: int) -> SendOutcome:
    """Return what to do with a message that Twilio did not accept.

    After an error on Twilio's side it may have been sent all the same, so it stays UNKNOWN.
    """
    code = str(error.code or "")
    policy, reason = policy_of(code), str(meaning_of(code).explanation)
    if error.status == TOO_MANY_REQUESTS or policy.is_never_processed:
        return SendOutcome(SendResult.RETRY, code=code, reason=reason)
    if error.status >= SERVER_ERROR:
        return SendOutcome(SendResult.UNKNOWN, code=code, reason=f"HTTP {error.status}")
    if policy.pauses_sender:
        wait = wait_after_refusal(attempt)
        return SendOutcome(SendResult.PAUSED, code=code, reason=reason, retry_after=wait)
    return SendOutcome(SendResult.REJECTED, code=code, reason=reason)
