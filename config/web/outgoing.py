"""Run the application in a thread, and send its response from the event loop.

The thread never waits for the client. What a slow client has not read yet is kept in memory, or in
an unnamed temporary file if it is long.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any

import structlog

from config.web.environ import Environ

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[str, str]]

# Bytes of one response; more are kept in a file.
IN_MEMORY = 1024 * 1024
CHUNK_SIZE = 64 * 1024
# Seconds in which a client must read one chunk.
CHUNK_TIMEOUT = 30

log = structlog.get_logger("web")


class Pipe:
    """A response that a thread writes at its own speed and the event loop sends at the client's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.changed = asyncio.Event()
        self.lock = threading.Lock()
        self.start: dict[str, Any] | None = None
        self.short = b""
        self.rest: SpooledTemporaryFile[bytes] | None = None
        self.written = 0
        self.is_whole = False
        self.is_abandoned = False

    def finish(self, start: dict[str, Any], body: bytes) -> None:
        """Called by the thread for a short response, with all of it."""
        self.start, self.short, self.is_whole = start, body, True
        self._wake()

    def write(self, start: dict[str, Any], piece: bytes) -> None:
        """Called by the thread for each part of a long response. `end` must follow."""
        with self.lock:
            if self.is_abandoned:
                raise ClientGoneError
            if self.rest is None:
                self.rest = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
                self.start = start
            self.rest.seek(self.written)
            self.written += self.rest.write(piece)
        self._wake()

    def end(self, *, is_whole: bool) -> None:
        """Called by the thread. If the response is incomplete, its end is not sent.

        The client then notices that something is missing.
        """
        self.is_whole = is_whole
        self.is_abandoned = not is_whole
        self._wake()

    async def send_all(self, send: Send) -> None:
        try:
            await self.changed.wait()
            if self.start is None:
                return  # the application failed, and the server responds with 500
            await send(self.start)
            if self.rest:
                await self._send_rest(send)
            if self.is_whole:
                await send(_body(self.short))
        except TimeoutError:
            log.warning("client_too_slow")
        finally:
            self._abandon()

    async def _send_rest(self, send: Send) -> None:
        sent = 0
        while True:
            self.changed.clear()
            is_last = self.is_whole or self.is_abandoned
            if piece := self._read(sent):
                async with asyncio.timeout(CHUNK_TIMEOUT):
                    await send(_body(piece, more=True))
                sent += len(piece)
            elif is_last:
                return
            else:
                await self.changed.wait()

    def _read(self, at: int) -> bytes:
        assert self.rest
        with self.lock:
            self.rest.seek(at)
            return self.rest.read(CHUNK_SIZE)

    def _abandon(self) -> None:
        with self.lock:
            self.is_abandoned = True
            if self.rest:
                self.rest.close()

    def _wake(self) -> None:
        self.loop.call_soon_threadsafe(self.changed.set)


class ClientGoneError(Exception):
    """The client does not read the rest of the response."""


def respond(wsgi: Callable[..., Iterable[bytes]], environ: Environ, pipe: Pipe) -> None:
    """Run the application and write its response to the pipe. Called in a thread."""
    started: list[dict[str, Any]] = []

    def start_response(status: str, headers: Headers, _error: object = None) -> None:
        started[:] = [_start(int(status.split(" ", 1)[0]), headers)]

    try:
        answer = wsgi(environ, start_response)
        try:
            if _is_short(answer):
                pipe.finish(started[0], b"".join(answer))
            else:
                _write_all(answer, started, pipe)
        finally:
            if hasattr(answer, "close"):
                answer.close()
    except ClientGoneError:
        pass
    except Exception as error:
        # Only the type, because the message may contain personal data.
        log.error("response_failed", error=type(error).__name__)
        pipe.end(is_whole=False)
    finally:
        environ["wsgi.input"].close()


async def refuse_slow_client(send: Send) -> None:
    text = b"The request took too long to arrive.\n"
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
    await send(_start(HTTPStatus.REQUEST_TIMEOUT, [*headers, ("Connection", "close")]))
    await send(_body(text))


def _is_short(answer: object) -> bool:
    return isinstance(answer, list) or getattr(answer, "streaming", True) is False


def _write_all(answer: Iterable[bytes], started: list[dict[str, Any]], pipe: Pipe) -> None:
    """Write larger parts than the application yields, because each wakes the event loop."""
    buffer: list[bytes] = []
    size = 0
    for part in answer:
        buffer.append(part)
        size += len(part)
        if size >= CHUNK_SIZE:
            pipe.write(started[0], b"".join(buffer))
            buffer, size = [], 0
    pipe.write(started[0], b"".join(buffer))
    pipe.end(is_whole=True)


def _start(status: int, headers: Headers) -> dict[str, Any]:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": pairs}


def _body(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}
