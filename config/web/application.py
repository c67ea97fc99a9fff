"""Run a WSGI application on complete requests.

A usual WSGI server passes a request to a thread once it has the headers, and the thread waits for
the body. A few clients that send their bodies slowly then block all threads. Here the event loop
reads the body first, within the limits of `config.web.incoming`, so a slow client takes up a
connection but no thread. See docs/adr/0023-whole-requests.md.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from config.errors import AWAY
from config.web import incoming, outgoing
from config.web.environ import Environ, environ_of
from integrations.known_callers import is_known

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[..., Iterable[bytes]]


class Application:
    """An ASGI application around a WSGI one."""

    def __init__(self, wsgi: Wsgi, *, threads: int) -> None:
        self.wsgi = wsgi
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        try:
            body = await incoming.read_body(environ, receive, self._is_known)
        except incoming.ClientLeftError:
            return
        except incoming.TooSlowError:
            await outgoing.refuse_slow_client(send)
            return
        environ["wsgi.input"] = body
        pipe = outgoing.Pipe(asyncio.get_running_loop())
        # The future is not awaited: the pipe already signals the end of the response, and waiting
        # for the thread as well would wake the event loop a second time.
        self.threads.submit(outgoing.respond, self.wsgi, environ, pipe)
        await pipe.send_all(send)

    async def _is_known(self, environ: Environ) -> bool:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, is_known, environ)
        except AWAY:
            return False  # the view will fail in the same way and respond
