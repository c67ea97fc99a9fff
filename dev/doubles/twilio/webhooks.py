"""Post to the product as Twilio does: signed, with its time-outs and retries.

The fragment of a URL changes them (`#rc=3&rp=all`): rc is the number of retries; ct, rt and tt are
time-outs in milliseconds; rp says what is retried (ct connecting, rt reading, 4xx, 5xx, all).
"""

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urldefrag, urlencode

import aiohttp
from yarl import URL

from dev.doubles.twilio.state import new_sid

logger = logging.getLogger(__name__)

UNREACHABLE = "unreachable"
NO_ANSWER = "no answer"
FIRST_PAUSE = 0.1


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    text = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class Patience:
    """Time-outs and retries. Twilio's default is one retry, only if it could not connect."""

    retries: int = 1
    connect: float = 5
    read: float = 15
    total: float = 15
    retried: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str) -> Self:
        wishes = {name: values[-1] for name, values in parse_qs(fragment).items()}

        def number(name: str, default: float, most: float) -> float:
            wish = wishes.get(name, "")
            return min(int(wish), most) if wish.isdecimal() else default

        return cls(
            retries=int(number("rc", 1, 5)),
            connect=number("ct", 5000, 10_000) / 1000,
            read=number("rt", 15_000, 15_000) / 1000,
            total=number("tt", 15_000, 15_000) / 1000,
            retried=frozenset(wishes.get("rp", "ct").split(",")),
        )

    def again_after(self, heard: str) -> bool:
        kind = {UNREACHABLE: "ct", NO_ANSWER: "rt"}.get(heard, f"{heard[0]}xx")
        return kind in {"ct", "rt", "4xx", "5xx"} and bool({kind, "all"} & self.retried)


@dataclass(frozen=True, slots=True)
class Post:
    url: str
    fields: Mapping[str, str]
    token: str
    then: Callable[[str], None] | None = None


class Postman:
    """Post from a queue with a fixed number of workers, so that a slow product slows the queue."""

    def __init__(self, auth_token: str, carriers: int) -> None:
        self.auth_token = auth_token
        self.carriers = carriers
        self._posts: asyncio.Queue[Post] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        # Without the dummy jar, cookies that the product sets would be sent with the next call.
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=self.carriers),
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
        )
        self._tasks = [asyncio.create_task(self._carry()) for _ in range(self.carriers)]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    @property
    def waiting(self) -> int:
        return self._posts.qsize()

    def hand_over(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        token: str | None = None,
        then: Callable[[str], None] | None = None,
    ) -> None:
        """Queue a post. `then` is called with the status of the response, or with the error."""
        self._posts.put_nowait(Post(url, fields, token or new_token(), then))

    async def _carry(self) -> None:
        while True:
            post = await self._posts.get()
            try:
                heard = await self._deliver(post)
            except Exception:
                logger.exception("A webhook could not be posted")
                heard = UNREACHABLE
            if post.then:
                post.then(heard)

    async def _deliver(self, post: Post) -> str:
        url, fragment = urldefrag(post.url)
        patience = Patience.of(fragment)
        headers = {
            "X-Twilio-Signature": sign(self.auth_token, url, post.fields),
            "I-Twilio-Idempotency-Token": post.token,
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        body = urlencode(post.fields).encode()
        begun = asyncio.get_running_loop().time()
        for attempt in range(patience.retries + 1):
            heard = await self._attempt(url, body, headers, patience)
            spent = asyncio.get_running_loop().time() - begun
            if not patience.again_after(heard) or spent > patience.total:
                break
            if attempt < patience.retries:
                await asyncio.sleep(FIRST_PAUSE * 2**attempt)
        return heard

    async def _attempt(
        self, url: str, body: bytes, headers: Mapping[str, str], patience: Patience
    ) -> str:
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=patience.connect, sock_read=patience.read
        )
        try:
            # Do not encode it again: the URL must have the same bytes that were signed.
            async with self._session.post(
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return str(answer.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            return UNREACHABLE
        except (aiohttp.ClientError, TimeoutError, OSError):
            return NO_ANSWER


def new_token() -> str:
    return new_sid("")
