"""Read a request's body within limits of size and time, before a thread runs the request."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from config.web.environ import Environ
from core import request_bodies

Receive = Callable[[], Awaitable[dict[str, Any]]]
IsKnown = Callable[[Environ], Awaitable[bool]]

# A body must arrive within this time, plus the time that its bytes take at the minimum speed.
BODY_SECONDS = 20
MIN_SPEED = 16 * 1024  # bytes per second

# Larger bodies are written to an unnamed temporary file.
IN_MEMORY = request_bodies.PAGES


class ClientLeftError(Exception):
    """The connection ended before the body did."""


class TooSlowError(Exception):
    """The body did not arrive in time."""


class TooLargeError(Exception):
    """A body without a Content-Length was larger than its view accepts."""


async def read_body(environ: Environ, receive: Receive, is_known: IsKnown) -> IO[bytes]:
    """Return the complete body as a file.

    If the body is refused, it is not read and the file is empty. The environ then contains the
    reason, and `config.middleware.BodyLimits` responds. The body is also not read if its view would
    refuse the request anyway: without a signature, or a long body from an unknown client.
    """
    environ[request_bodies.REFUSED] = ""
    if not request_bodies.has_body(environ):
        return io.BytesIO()
    limit = request_bodies.limit_of(environ["PATH_INFO"].encode("latin-1").decode(errors="replace"))
    if refused := limit.refusal(environ):
        return _unread(environ, refused)
    is_long_and_unknown = limit.is_long(environ) and not await is_known(environ)
    if is_long_and_unknown or limit.lacks_signature(environ):
        return _unread(environ, "")
    try:
        return await _read(environ, receive, limit.max_bytes)
    except TimeoutError as error:
        raise TooSlowError from error
    except TooLargeError:
        return _unread(environ, request_bodies.RefusedBody.TOO_LARGE)
    except OSError:
        return _unread(environ, request_bodies.RefusedBody.NO_ROOM)


async def _read(environ: Environ, receive: Receive, max_size: int) -> IO[bytes]:
    started = asyncio.get_running_loop().time()
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # its reader closes it
    size = 0
    try:
        async with asyncio.timeout_at(started + BODY_SECONDS) as deadline:
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientLeftError
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > max_size:
                    raise TooLargeError
                body.write(chunk)
                more = message.get("more_body", False)
                deadline.reschedule(started + BODY_SECONDS + size / MIN_SPEED)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    # Django reads this many bytes. A chunked body has no Content-Length.
    environ["CONTENT_LENGTH"] = str(size)
    return body


def _unread(environ: Environ, refused: str) -> IO[bytes]:
    environ[request_bodies.REFUSED] = refused
    environ["CONTENT_LENGTH"] = "0"
    return io.BytesIO()
