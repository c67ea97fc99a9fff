"""Reads a request's body, within limits of size and time, before a thread is taken for it."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from config.web.environ import Environ
from core import request_bodies

Receive = Callable[[], Awaitable[dict[str, Any]]]
IsKnown = Callable[[Environ], Awaitable[bool]]

# A body must be there after so many seconds, plus what its bytes take at the slowest speed.
SECONDS = 20
SLOWEST = 16 * 1024  # bytes a second

# Larger ones are written to an unnamed temporary file.
IN_MEMORY = request_bodies.PAGES


class ClientLeftError(Exception):
    """The connection ended before the body did."""


class TooSlowError(Exception):
    """The body was not there in time."""


class TooLargeError(Exception):
    """A body without an announced length turned out to be larger than its view takes."""


async def read_body(environ: Environ, receive: Receive, is_known: IsKnown) -> IO[bytes]:
    """Return the whole body, as a file at its beginning.

    A body that may not be read is left unread and is empty here; the environ then says why, and
    `config.middleware.BodyLimits` answers. A body that its view would refuse without looking at it
    (no signature, or a long one from a stranger) is left unread as well, for the view to refuse.
    """
    environ[request_bodies.REFUSED] = ""
    if not request_bodies.has_body(environ):
        return io.BytesIO()
    limit = request_bodies.limit_of(environ["PATH_INFO"].encode("latin-1").decode(errors="replace"))
    if refused := limit.refusal(environ):
        return _unread(environ, refused)
    is_strangers = limit.is_long(environ) and not await is_known(environ)
    if is_strangers or limit.lacks_signature(environ):
        return _unread(environ, "")
    try:
        return await _read(environ, receive, limit.most)
    except TimeoutError as error:
        raise TooSlowError from error
    except TooLargeError:
        return _unread(environ, request_bodies.RefusedBody.TOO_LARGE)
    except OSError:
        return _unread(environ, request_bodies.RefusedBody.NO_ROOM)


async def _read(environ: Environ, receive: Receive, most: int) -> IO[bytes]:
    started = asyncio.get_running_loop().time()
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # its reader closes it
    size = 0
    try:
        async with asyncio.timeout_at(started + SECONDS) as deadline:
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientLeftError
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > most:
                    raise TooLargeError
                body.write(chunk)
                more = message.get("more_body", False)
                deadline.reschedule(started + SECONDS + size / SLOWEST)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    # Django reads as many bytes as this says, and a chunked body came without it.
    environ["CONTENT_LENGTH"] = str(size)
    return body


def _unread(environ: Environ, refused: str) -> IO[bytes]:
    environ[request_bodies.REFUSED] = refused
    environ["CONTENT_LENGTH"] = "0"
    return io.BytesIO()
