"""For benchmarks: answer each create request as fast as possible, and do nothing else."""

import asyncio
import json
import secrets
from types import TracebackType
from typing import Self

from dev.doubles.kit.serving import HOST
from dev.doubles.twilio.settings import Settings

END_OF_HEAD = b"\r\n\r\n"
HEAD = "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
SID_PLACE = "SM" + "0" * 32


class Sink:
    """Finds only where a request ends, and reads no path, credentials or fields."""

    def __init__(self, settings: Settings) -> None:
        self.port = settings.port
        self.latency = settings.faults.latency_ms / 1000
        self.created = 0
        body = json.dumps(
            {
                "account_sid": settings.account_sid,
                "sid": SID_PLACE,
                "status": "queued",
                "num_segments": "1",
                "direction": "outbound-api",
                "error_code": None,
                "error_message": None,
            }
        )
        template = HEAD.format("201 Created", len(body)) + body
        before, after = template.encode().split(SID_PLACE.encode())
        # Random: a database that knows ids of an earlier sink must not get one of them again.
        self._before, self._after = before + b"SM" + secrets.token_hex(8).encode(), after

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Conversation(self), HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    def answer(self, request: bytes) -> bytes:
        if request.startswith(b"POST"):
            self.created += 1
            return b"%s%016x%s" % (self._before, self.created, self._after)
        body = json.dumps({"counts": {"outbound-api": self.created}})
        return (HEAD.format("200 OK", len(body)) + body).encode()


class Conversation(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while request := self._next_request():
            answer = self.sink.answer(request)
            if self.sink.latency:
                loop = asyncio.get_running_loop()
                loop.call_later(self.sink.latency, self.transport.write, answer)
            else:
                self.transport.write(answer)

    def _next_request(self) -> bytes:
        """Remove and return the first complete request, or nothing if it is not complete."""
        head, found, rest = self.received.partition(END_OF_HEAD)
        if not found:
            return b""
        _, named, length = head.lower().partition(b"\r\ncontent-length:")
        size = int(length.partition(b"\r\n")[0]) if named else 0
        if len(rest) < size:
            return b""
        self.received = rest[size:]
        return head
