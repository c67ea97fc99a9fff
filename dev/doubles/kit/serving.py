import asyncio
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

T = TypeVar("T")

HOST = "127.0.0.1"
OWN_NAMES = frozenset({HOST, "localhost"})
# Pages that listen for changes never hang up by themselves.
SECONDS_TO_CLOSE = 0.2


async def serve_until_signal(
    double: AbstractAsyncContextManager[T], describe: Callable[[T], str]
) -> None:
    """Run the double until SIGINT or SIGTERM. Print one line that describes it once it listens."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with double as running:
        print(describe(running), flush=True)  # noqa: T201
        await stop.wait()


async def listen(stack: AsyncExitStack, application: web.Application, port: int) -> int:
    """Serve on this machine only until the stack closes. Return the port, a free one for 0."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SECONDS_TO_CLOSE)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, port).start()
    bound_port: int = runner.addresses[0][1]
    return bound_port


def refuse_other_origins(*, api: str | tuple[str, ...]) -> Middleware:
    """Return a middleware that answers 403 to pages of other sites, outside the API's prefixes.

    Any site that the visitor has open can reach a port on localhost. The API checks a key.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(api):
            origin = request.headers.get("Origin")
            is_own = not origin or origin == str(request.url.origin())
            if request.url.host not in OWN_NAMES or not is_own:
                raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def reset_connection(request: web.Request) -> web.Response:
    """Close the connection with a reset, as after a crash."""
    if transport := request.transport:
        if line := transport.get_extra_info("socket"):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


def write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step, so that a reader or a crash never leaves half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
