"""Runs the application in a thread, and sends what it answers from the event loop.

The thread never waits for the reader: what a slow one has not fetched yet is kept in memory, and in
an unnamed temporary file when it is long.
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

# Of one answer; more is kept in a file.
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
# Seconds for a reader to fetch one piece.
STALLED = 30

log = structlog.get_logger("web")


class Pipe:
    """An answer: a thread writes it at its own pace, the event loop sends it at its reader's."""

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
        """Called by the thread for an answer that is there as a whole."""
        self.start, self.short, self.is_whole = start, body, True
        self._wake()

    def write(self, start: dict[str, Any], piece: bytes) -> None:
        """Called by the thread for each part of a long answer, which `end` ends."""
        with self.lock:
            if self.is_abandoned:
                raise ReaderLeftError
            if self.rest is None:
                self.rest = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
                self.start = start
            self.rest.seek(self.written)
            self.written += self.rest.write(piece)
        self._wake()

    def end(self, *, is_whole: bool) -> None:
        """Called by the thread. Without its end a reader sees that an answer is not whole."""
        self.is_whole = is_whole
        self.is_abandoned = not is_whole
        self._wake()

    async def send_all(self, send: Send) -> None:
        try:
            await self.changed.wait()
            if self.start is None:
                return  # the application failed; the server answers with 500
            await send(self.start)
            if self.rest:
                await self._send_rest(send)
            if self.is_whole:
                await send(_body(self.short))
        except TimeoutError:
            log.warning("reader_too_slow")
        finally:
            self._abandon()

    async def _send_rest(self, send: Send) -> None:
        sent = 0
        while True:
            self.changed.clear()
            is_last = self.is_whole or self.is_abandoned
            if piece := self._read(sent):
                async with asyncio.timeout(STALLED):
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
            return self.rest.read(PIECE)

    def _abandon(self) -> None:
        with self.lock:
            self.is_abandoned = True
            if self.rest:
                self.rest.close()

    def _wake(self) -> None:
        self.loop.call_soon_threadsafe(self.changed.set)


class ReaderLeftError(Exception):
    """Nobody reads the rest of the answer."""


def respond(wsgi: Callable[..., Iterable[bytes]], environ: Environ, pipe: Pipe) -> None:
    """In a thread: run the application to the end of its answer."""
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
    except ReaderLeftError:
        pass
    except Exception as error:
        # Its message may repeat a patient's row.
        log.error("answer_failed", error=type(error).__name__)
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
    """Fewer and larger parts than the application makes: each costs a turn of the event loop."""
    buffer: list[bytes] = []
    size = 0
    for part in answer:
        buffer.append(part)
        size += len(part)
        if size >= PIECE:
            pipe.write(started[0], b"".join(buffer))
            buffer, size = [], 0
    pipe.write(started[0], b"".join(buffer))
    pipe.end(is_whole=True)


def _start(status: int, headers: Headers) -> dict[str, Any]:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": pairs}


def _body(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}
