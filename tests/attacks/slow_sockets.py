"""Attack the web server without signing in: slow clients, endless headers, huge bodies."""

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
from tests.attacks.product import Product
from tests.attacks.results import AttackResult

ATTACK = "slow sockets"
MANY = 200
MAX_SECONDS = 1.0
# The limit where other tests use the machine too. A server that waited for slow clients would
# answer only after `config.web.incoming.BODY_SECONDS`, which is 20.
MAX_SECONDS_IN_TESTS = 5.0
WEBHOOK = "/webhooks/twilio/inbound/"
SIGN_IN = "/accounts/login/"
UPLOAD = "/imports/"
HUGE = 200 * 1024**2
TIMEOUT = 10
FORM = "application/x-www-form-urlencoded"
SIGNED = "X-Twilio-Signature: made-up\r\n"


def attack_with_sockets(product: Product, over: Event) -> list[AttackResult]:
    """Attack the running product repeatedly. Return the worst result of each attack."""
    worst: dict[str, AttackResult] = {}
    while not over.is_set():
        for result in attack(urlsplit(product.site).port or 0):
            if result.tried not in worst or not result.held:
                worst[result.tried] = result
    return [*worst.values()]


def collect_static() -> None:
    """Collect static files, which every page needs, with the settings of production."""
    subprocess.run([sys.executable, "-m", "config.static_files"], cwd=ROOT, check=True)


def attack(port: int, *, max_seconds: float = MAX_SECONDS) -> list[AttackResult]:
    """Attack the server on this port. Others must be answered within `max_seconds` meanwhile."""
    slow_requests = {
        "a body that never comes, to the sign-in page": slow_body(SIGN_IN),
        "the same to a webhook, with a made-up signature": slow_body(WEBHOOK, SIGNED),
        "a body in chunks that never end": slow_body(SIGN_IN, chunked=True),
        "headers that never end": f"POST {SIGN_IN} HTTP/1.1\r\nHost: {HOST}\r\nX-A",
    }
    return [
        *(
            _check_service_during(port, tried, sent, max_seconds)
            for tried, sent in slow_requests.items()
        ),
        check_unsigned_webhooks(port),
        check_huge_body(port, SIGN_IN, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        check_huge_body(port, UPLOAD, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        check_upload_without_session(port),
        check_endless_body(port),
    ]


def slow_body(path: str, headers: str = "", *, chunked: bool = False) -> str:
    """Return the beginning of a request, with one byte of its body."""
    length = "Transfer-Encoding: chunked\r\n" if chunked else "Content-Length: 1000\r\n"
    body = "3e8\r\na" if chunked else "a"
    return f"{_head(path)}Content-Type: {FORM}\r\n{length}{headers}\r\n{body}"


@contextmanager
def held_open(port: int, sent: str, many: int = MANY) -> Iterator[list[socket.socket]]:
    """Open connections that send these bytes and then nothing more."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(many):
            connection = stack.enter_context(socket.create_connection((HOST, port), TIMEOUT))
            connection.sendall(sent.encode())
            sockets.append(connection)
        yield sockets


def seconds_until_answered(port: int, method: str, path: str) -> float:
    """Send one request. Return infinity if there is no response or a server error."""
    started = time.monotonic()
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)) as connection,
    ):
        connection.request(method, path)
        if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return time.monotonic() - started
    return float("inf")


def _check_service_during(port: int, tried: str, sent: str, max_seconds: float) -> AttackResult:
    """Check that a page and a webhook respond in time during slow connections."""
    seconds_until_answered(port, "GET", SIGN_IN)  # warm up
    with held_open(port, sent):
        page = seconds_until_answered(port, "GET", SIGN_IN)
        webhook = seconds_until_answered(port, "POST", WEBHOOK)
    evidence = f"sign-in page after {page:.2f} s, webhook after {webhook:.2f} s"
    return AttackResult(
        ATTACK, f"{MANY} connections: {tried}", max(page, webhook) < max_seconds, evidence
    )


def check_unsigned_webhooks(port: int) -> AttackResult:
    with held_open(port, slow_body(WEBHOOK)) as sockets:
        statuses = {status_of(connection) for connection in sockets}
    return AttackResult(
        ATTACK,
        f"{MANY} webhooks without a signature and without their body",
        statuses == {http.HTTPStatus.FORBIDDEN},
        f"answered at once with {sorted(statuses)}",
    )


def check_huge_body(port: int, path: str, expected: int) -> AttackResult:
    """Send a Content-Length of 200 MiB and a few bytes. A server that reads it all would wait."""
    kind = "Content-Type: multipart/form-data; boundary=x\r\n"
    begun = f"{_head(path)}{kind}Content-Length: {HUGE}\r\n\r\n--x\r\n"
    with held_open(port, begun, many=1) as (connection,):
        status = status_of(connection)
    tried = f"a form of 200 MiB with a file, to {path}"
    return AttackResult(ATTACK, tried, status == expected, f"answered with {status}, unread")


def check_upload_without_session(port: int) -> AttackResult:
    """Send a list without a session: it must not be read, but redirected to the sign-in page."""
    kind = "Content-Type: multipart/form-data; boundary=x\r\n"
    begun = f"{_head(UPLOAD)}{kind}Content-Length: {40 * 1024**2}\r\n\r\n--x\r\n"
    with held_open(port, begun, many=1) as (connection,):
        status = status_of(connection)
    held = status in {http.HTTPStatus.FOUND, http.HTTPStatus.FORBIDDEN}
    return AttackResult(
        ATTACK, "a list of 40 MiB without a session", held, f"answered with {status}, unread"
    )


def check_endless_body(port: int) -> AttackResult:
    """Send chunks without an end, until the server closes the connection."""
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    sent, begun = 0, f"{_head(SIGN_IN)}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with held_open(port, begun, many=1) as (connection,):
        with suppress(OSError):
            while sent < HUGE:
                connection.sendall(piece)
                sent += 65536
        status = status_of(connection)
    # If the connection is closed while we send, the response may be lost.
    held = sent < HUGE and status in {http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 0}
    return AttackResult(ATTACK, "chunks up to 200 MiB", held, f"cut after {sent // 1024} KiB")


def status_of(connection: socket.socket) -> int:
    """Return the status of the response; 0 if the connection ended or timed out."""
    with suppress(OSError, http.client.HTTPException):
        connection.settimeout(TIMEOUT)
        with closing(http.client.HTTPResponse(connection)) as response:
            response.begin()
            return response.status
    return 0


def _head(path: str) -> str:
    return f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n"
