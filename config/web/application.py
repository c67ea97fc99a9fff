"""Runs a WSGI application on whole requests.

A WSGI server hands a request to a thread as soon as its headers are there, and the thread waits for
the body: a few clients that send a byte now and then hold every thread. Here the event loop reads
the body first, within the limits of `config.web.incoming`, so that a slow client costs a connection
and no thread. See docs/adr/0023-whole-requests.md.
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
        # All that comes back comes through the pipe: waiting for the thread's end as well would
        # wake the event loop a second time.
        self.threads.submit(outgoing.respond, self.wsgi, environ, pipe)
        await pipe.send_all(send)

    async def _is_known(self, environ: Environ) -> bool:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, is_known, environ)
        except AWAY:
            return False  # the view finds that out as well, and says so
