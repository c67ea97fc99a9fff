"""A real HTTP server on this machine that takes webhooks and answers as a test configures it."""

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
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.body)
        return payload

    @property
    def number(self) -> int:
        return int(self.payload["data"]["number"])


@dataclass
class Receiver:
    url: str = ""
    received: list[Received] = field(default_factory=list)
    # The answers to the next requests, then 200. Each is a status, or a status and a body.
    answers: deque[int | tuple[int, bytes]] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    # While it is not set, requests are received and not answered.
    is_answering: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    under_way: int = 0
    max_under_way: int = 0

    def numbers(self) -> list[int]:
        return [request.number for request in self.received]


class Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        receiver = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.under_way += 1
            receiver.max_under_way = max(receiver.max_under_way, receiver.under_way)
            receiver.received.append(Received(self.path, dict(self.headers), body))
            answer = receiver.answers.popleft() if receiver.answers else 200
        receiver.is_answering.wait()
        with receiver.lock:
            receiver.under_way -= 1
        status, content = answer if isinstance(answer, tuple) else (answer, b"")
        self.send_response(status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_request: Any) -> None:
        """Ignore clients that close the connection early: tests make them do so."""


@contextmanager
def run_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.is_answering.set()
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
        receiver.is_answering.set()
        server.shutdown()
        server.server_close()
        thread.join()
