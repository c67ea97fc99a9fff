"""Messages in the shape of Twilio's API: one, or a page of those that match."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from functools import lru_cache
from itertools import islice
from urllib.parse import urlencode

from dev.doubles.twilio.carrier import API_VERSION
from dev.doubles.twilio.problems import FAILURES
from dev.doubles.twilio.state import Channel, Direction, Message, State, Status

USUAL_PAGE, LARGEST_PAGE = 50, 1000

# In dollars, by channel and whether the patient wrote it: a segment of an SMS, a WhatsApp message.
PRICES = {
    (Channel.SMS, False): Decimal("0.0532"),
    (Channel.SMS, True): Decimal("0.0075"),
    (Channel.WHATSAPP, False): Decimal("0.0160"),
    (Channel.WHATSAPP, True): Decimal("0.0050"),
}
# Twilio charges a little for failed messages too.
FAILED_PRICE = "-0.00100"
UNPRICED = {Status.ACCEPTED, Status.QUEUED}


def price(message: Message, priced_after: float) -> str | None:
    """Return the price, a negative number in a string, or None until it is known."""
    began = message.created if message.sent is None else message.sent
    if message.status in UNPRICED or time.time() < began + priced_after:
        return None
    if message.status is Status.FAILED:
        return FAILED_PRICE
    each = PRICES[message.channel, message.direction is Direction.INBOUND]
    return str(-each * max(message.segments, 1) if message.channel is Channel.SMS else -each)


def shown(message: Message, account_sid: str, *, priced_after: float = 0) -> dict[str, object]:
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc_2822(int(message.created)),
        "date_sent": None if message.sent is None else rfc_2822(int(message.sent)),
        "date_updated": rfc_2822(int(message.updated)),
        "direction": message.direction,
        "error_code": message.error,
        "error_message": FAILURES.get(message.error) if message.error else None,
        "from": message.sender or None,
        "messaging_service_sid": message.service or None,
        "num_media": str(len(message.media)),
        "num_segments": str(message.segments),
        "price": price(message, priced_after),
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def as_json(message: Message, account_sid: str, *, priced_after: float = 0) -> bytes:
    return json.dumps(shown(message, account_sid, priced_after=priced_after)).encode()


@lru_cache(maxsize=256)
def rfc_2822(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


class Lister:
    def __init__(self, account_sid: str, state: State) -> None:
        self.account_sid = account_sid
        self.state = state

    def page(self, query: Mapping[str, str], *, lag: float, priced_after: float) -> bytes:
        """Return a page, the newest first. A token names the message after which it continues."""
        size = min(max(_number(query.get("PageSize"), USUAL_PAGE), 1), LARGEST_PAGE)
        number = _number(query.get("Page"), 0)
        token = query.get("PageToken", "")
        matching = self._matching(query, lag)
        if token:
            last = token.removeprefix("PA")
            for message in matching:
                if message.sid == last:
                    break
        else:
            matching = islice(matching, number * size, None)
        found = list(islice(matching, size + 1))
        page, more = found[:size], len(found) > size
        return json.dumps(
            {
                "messages": [
                    shown(message, self.account_sid, priced_after=priced_after) for message in page
                ],
                "page": number,
                "page_size": size,
                "start": number * size,
                "end": number * size + max(len(page) - 1, 0),
                "uri": self._uri(query, size, number, token),
                "first_page_uri": self._uri(query, size, 0),
                "next_page_uri": self._uri(query, size, number + 1, f"PA{page[-1].sid}")
                if more
                else None,
                # Tokens lead only forward, so the previous page has a number.
                "previous_page_uri": self._uri(query, size, number - 1) if number else None,
            }
        ).encode()

    def _matching(self, query: Mapping[str, str], lag: float) -> Iterator[Message]:
        to, sender = query.get("To"), query.get("From")
        since, until = sent_between(query)
        newest = time.time() - lag
        known: Iterable[Message] = (
            reversed(self.state.by_to.get(to, ())) if to else reversed(self.state.messages.values())
        )
        for message in known:
            # A message that is not sent yet has no date_sent: use the time of its creation.
            sent = message.created if message.sent is None else message.sent
            if (
                message.created <= newest
                and sender in (None, message.sender)
                and since <= sent < until
            ):
                yield message

    def _uri(self, query: Mapping[str, str], size: int, number: int, token: str = "") -> str:
        kept = {name: query[name] for name in query if not name.startswith("Page")}
        words = {**kept, "PageSize": size, "Page": number} | ({"PageToken": token} if token else {})
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages.json?{urlencode(words)}"


def sent_between(query: Mapping[str, str]) -> tuple[float, float]:
    """Match a range that includes both ends, to the second or to the day."""
    since, until = 0.0, float("inf")
    if day := query.get("DateSent"):
        since, until = _moments(day)
    if start := query.get("DateSent>"):
        since = max(since, _moments(start)[0])
    if end := query.get("DateSent<"):
        until = min(until, _moments(end)[1])
    return since, until


def _moments(text: str) -> tuple[float, float]:
    """Return the first moment of a day or a second, and the first one after it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0, float("inf")  # Twilio ignores a date that it cannot parse
    length = timedelta(days=1) if len(text) == len("2026-01-31") else timedelta(seconds=1)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp(), (moment + length).timestamp()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
