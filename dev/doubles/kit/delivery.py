"""Deliver signed calls to the product in the background, and retry refused ones."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import aiohttp

Headers = Mapping[str, str]


class Deliveries:
    """Each call retries on its own, so that a refused one does not hold up the others."""

    def __init__(
        self,
        *,
        headers: Headers | None = None,
        at_once: int = 4,
        max_attempts: int | None = None,
        timeout: float = 20,
    ) -> None:
        self.headers = headers or {}
        self.at_once = at_once
        self.max_attempts = max_attempts
        self.timeout = timeout
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._limit = asyncio.Semaphore(self.at_once)
        # Without the dummy jar, cookies that the product sets would come back with the next call.
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            headers=self.headers,
        )
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

    def send(
        self,
        url: str,
        body: bytes,
        *,
        sign: Callable[[bytes], Headers],
        first_delay: float = 0,
        pause: float = 0.5,
        max_pause: float = 60,
        is_wanted: Callable[[], bool] = lambda: True,
        on_delivered: Callable[[], None] = lambda: None,
    ) -> None:
        """Post the body soon. Each attempt is signed anew, and the pauses double up to the limit.

        It stops after `max_attempts`, or when `is_wanted` returns False.
        """

        async def deliver() -> None:
            await asyncio.sleep(first_delay)
            wait, attempts = pause, 0
            while is_wanted() and attempts != self.max_attempts:
                async with self._limit:
                    is_accepted = await self._post(url, body, sign(body))
                if is_accepted:
                    on_delivered()
                    return
                attempts += 1
                await asyncio.sleep(wait)
                wait = min(wait * 2, max_pause)

        task = asyncio.get_running_loop().create_task(deliver())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, url: str, body: bytes, headers: Headers) -> bool:
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                return 200 <= response.status < 300  # noqa: PLR2004
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
