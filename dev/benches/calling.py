"""A fast HTTP client: it sends prepared requests over a few open connections."""

import asyncio
import time
from collections.abc import Iterator

from dev.benches.serving import HOST

OK = b"HTTP/1.1 200 "
END_OF_HEAD = b"\r\n\r\n"


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    head = {"Host": HOST, "Content-Length": str(len(body)), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + END_OF_HEAD + body


def get(path: str, headers: dict[str, str]) -> bytes:
    head = {"Host": HOST, **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + END_OF_HEAD


def calls_per_second(port: int, requests: list[bytes], *, connections: int) -> float:
    """Return the calls per second. A connection sends the next request after a 200."""
    started = time.perf_counter()
    asyncio.run(_call_all(port, requests, connections))
    return len(requests) / (time.perf_counter() - started)


async def _call_all(port: int, requests: list[bytes], connections: int) -> None:
    waiting = iter(requests)
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_call(port, waiting))


async def _call(port: int, waiting: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(END_OF_HEAD)
            if not head.startswith(OK):
                raise RuntimeError(f"The server answered {head.splitlines()[0].decode()}.")
            if length := _length(head):
                await reader.readexactly(length)
    finally:
        writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
