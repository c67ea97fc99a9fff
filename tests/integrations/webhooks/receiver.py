"""A clinic's own system: a real server on this machine that answers as it is told."""

import json
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def number(self) -> int:
        return int(self.told["data"]["number"])


@dataclass
class Receiver:
    url: str = ""
    received: list[Received] = field(default_factory=list)
    # What the next calls are answered with; then 200. Each is a status, or a status and a body.
    answers: deque[int | tuple[int, bytes]] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    # While it hangs, calls are taken and not answered.
    going: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    under_way: int = 0
    most_at_once: int = 0

    def numbers(self) -> list[int]:
        return [one.number for one in self.received]


class Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        told = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with told.lock:
            told.under_way += 1
            told.most_at_once = max(told.most_at_once, told.under_way)
            told.received.append(Received(self.path, dict(self.headers), body))
            answer = told.answers.popleft() if told.answers else 200
        told.going.wait()
        with told.lock:
            told.under_way -= 1
        status, content = answer if isinstance(answer, tuple) else (answer, b"")
        self.send_response(status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_request: Any) -> None:
        """A caller that hangs up in the middle of a long answer is what the tests want."""


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.going.set()
    handler = type("Handler", (Handler,), {"receiver": receiver})
    server = Server(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        receiver.going.set()
        server.shutdown()
        server.server_close()
        thread.join()
