"""Many slow clients, endless headers and huge bodies against the real web server, without login."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Event
from urllib.parse import urlsplit

from config.embedded import ROOT
from dev.benches.serving import HOST
from tests.attacks.stage import Stage
from tests.attacks.table import Row

ATTACK = "slow sockets"
MANY = 200
SECOND = 1.0
WEBHOOK = "/webhooks/twilio/inbound/"
SIGN_IN = "/accounts/login/"
UPLOAD = "/imports/"
HUGE = 200 * 1024**2
PATIENCE = 10
FORM = "application/x-www-form-urlencoded"
SIGNED = "X-Twilio-Signature: made-up\r\n"


def attack_with_sockets(stage: Stage, over: Event) -> list[Row]:
    """Attack the running product again and again. Return what held least of each attack."""
    worst: dict[str, Row] = {}
    while not over.is_set():
        for row in attack(urlsplit(stage.site).port or 0):
            if row.tried not in worst or not row.held:
                worst[row.tried] = row
    return [*worst.values()]


def collect_static() -> None:
    """Without it no page can be shown."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def attack(port: int) -> list[Row]:
    """Attack the server on this port."""
    return [
        _beside(port, "a body that never comes, to the sign-in page", slow_body(SIGN_IN)),
        _beside(
            port, "the same to a webhook, with a made-up signature", slow_body(WEBHOOK, SIGNED)
        ),
        _beside(port, "a body in chunks that never end", slow_body(SIGN_IN, chunked=True)),
        _beside(port, "headers that never end", f"POST {SIGN_IN} HTTP/1.1\r\nHost: {HOST}\r\nX-A"),
        unsigned_webhooks_are_refused_unread(port),
        huge_body_is_refused_unread(port, SIGN_IN, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        huge_body_is_refused_unread(port, UPLOAD, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        stranger_cannot_upload(port),
        endless_body_is_cut(port),
    ]


def slow_body(path: str, headers: str = "", *, chunked: bool = False) -> str:
    """The beginning of a request, with one byte of its body."""
    length = "Transfer-Encoding: chunked\r\n" if chunked else "Content-Length: 1000\r\n"
    body = "3e8\r\na" if chunked else "a"
    return f"{_head(path)}Content-Type: {FORM}\r\n{length}{headers}\r\n{body}"


@contextmanager
def held_open(port: int, sent: str, many: int = MANY) -> Iterator[list[socket.socket]]:
    """So many connections on which this was sent and nothing follows."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(many):
            one = stack.enter_context(socket.create_connection((HOST, port), PATIENCE))
            one.sendall(sent.encode())
            sockets.append(one)
        yield sockets


def seconds_until_answered(port: int, method: str, path: str) -> float:
    """Ask once; infinite if nothing comes or the answer is an error of the server's."""
    started = time.monotonic()
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection(HOST, port, timeout=PATIENCE)) as connection,
    ):
        connection.request(method, path)
        if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return time.monotonic() - started
    return float("inf")


def _beside(port: int, tried: str, sent: str) -> Row:
    """A page and a webhook are answered within a second beside so many slow connections."""
    seconds_until_answered(port, "GET", SIGN_IN)  # the first loads what is loaded once
    with held_open(port, sent):
        page = seconds_until_answered(port, "GET", SIGN_IN)
        webhook = seconds_until_answered(port, "POST", WEBHOOK)
    said = f"sign-in page after {page:.2f} s, webhook after {webhook:.2f} s"
    return Row(ATTACK, f"{MANY} connections: {tried}", max(page, webhook) < SECOND, said)


def unsigned_webhooks_are_refused_unread(port: int) -> Row:
    with held_open(port, slow_body(WEBHOOK)) as sockets:
        statuses = {status_of(one) for one in sockets}
    return Row(
        ATTACK,
        f"{MANY} webhooks without a signature and without their body",
        statuses == {http.HTTPStatus.FORBIDDEN},
        f"answered at once with {sorted(statuses)}",
    )


def huge_body_is_refused_unread(port: int, path: str, expected: int) -> Row:
    """200 MiB are announced and one piece is sent; who wants the rest would wait for it."""
    kind = "Content-Type: multipart/form-data; boundary=x\r\n"
    begun = f"{_head(path)}{kind}Content-Length: {HUGE}\r\n\r\n--x\r\n"
    with held_open(port, begun, many=1) as (one,):
        status = status_of(one)
    tried = f"a form of 200 MiB with a file, to {path}"
    return Row(ATTACK, tried, status == expected, f"answered with {status}, unread")


def stranger_cannot_upload(port: int) -> Row:
    """Within the limit of lists, but from nobody: left unread and led to the sign-in page."""
    kind = "Content-Type: multipart/form-data; boundary=x\r\n"
    begun = f"{_head(UPLOAD)}{kind}Content-Length: {40 * 1024**2}\r\n\r\n--x\r\n"
    with held_open(port, begun, many=1) as (one,):
        status = status_of(one)
    held = status in {http.HTTPStatus.FOUND, http.HTTPStatus.FORBIDDEN}
    return Row(ATTACK, "a list of 40 MiB from nobody", held, f"answered with {status}, unread")


def endless_body_is_cut(port: int) -> Row:
    """Chunks without an announced length, until the server has had enough."""
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    sent, begun = 0, f"{_head(SIGN_IN)}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with held_open(port, begun, many=1) as (one,):
        with suppress(OSError):
            while sent < HUGE:
                one.sendall(piece)
                sent += 65536
        status = status_of(one)
    # A connection that is cut while it sends may lose the answer.
    held = sent < HUGE and status in {http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 0}
    return Row(ATTACK, "chunks up to 200 MiB", held, f"cut after {sent // 1024} KiB")


def status_of(one: socket.socket) -> int:
    """The status of the answer; 0 if the connection ended or stayed silent."""
    with suppress(OSError, http.client.HTTPException):
        one.settimeout(PATIENCE)
        with closing(http.client.HTTPResponse(one)) as answer:
            answer.begin()
            return answer.status
    return 0


def _head(path: str) -> str:
    return f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n"
