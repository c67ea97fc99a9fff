"""The proxy of docker-compose.yml, under attack."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from core import request_bodies
from dev.benches.serving import HOST, serving
from tests.attacks import slow_sockets
from tests.attacks.slow_sockets import HUGE, MANY, SIGN_IN, UPLOAD, slow_body, status_of
from tests.config.proxying import ATTACKER, FILE, NGINX, Proxy, proxy_to
from tests.config.web import environment_of_tests
from tests.guards import addresses

needs_nginx = pytest.mark.skipif(not NGINX, reason="nginx is not installed")
UNITS = {"k": 1024, "m": 1024**2}
# `client_max_body_size` of the server, and of each location.
SIZES = re.compile(
    r"(?:location (?P<how>=|~)? ?(?P<path>\S+) \{[^}]*?)?max_body_size (?P<size>\w+);"
)


class Listener(ThreadingHTTPServer):
    """A web server that records the requests that reach it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Notes)
        self.heard: list[tuple[str, Message, int]] = []


class Notes(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.heard.append((self.path, self.headers, len(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the name that the base class looks for

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(listener: Listener) -> Iterator[Proxy]:
    with proxy_to(listener.server_port) as started:
        yield started


@contextmanager
def asked(
    proxy: Proxy,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPSConnection("localhost", proxy.https_port, context=proxy.trust)
    with closing(connection):
        connection.request(method, path, body or None, headers or {})
        yield connection.getresponse()


def status(proxy: Proxy, method: str, path: str, **sent: bytes) -> int:
    with asked(proxy, method, path, **sent) as answer:  # type: ignore[arg-type]
        return answer.status


@needs_nginx
@pytest.mark.django_db
def test_slow_clients_of_one_address_do_not_hold_up_another() -> None:
    """With the real web server behind it, 200 slow connections do not delay another client."""
    slow_sockets.collect_static()
    environment = {
        **environment_of_tests(),
        "SITE_URL": "https://localhost",
        "TRUSTED_PROXY": "on",
    }
    with (
        serving("config.wsgi:application", environment) as port,
        proxy_to(port) as proxy,
        ExitStack() as stack,
    ):
        assert status(proxy, "GET", SIGN_IN) == 200
        sockets = [stack.enter_context(proxy.connect(since=ATTACKER)) for _ in range(MANY)]
        for one in sockets:
            one.sendall(slow_body(SIGN_IN).encode())

        started = time.monotonic()
        assert status(proxy, "GET", SIGN_IN) == 200
        assert time.monotonic() - started < slow_sockets.MAX_SECONDS_IN_TESTS
        assert status(proxy, "GET", "/health/live") == 200
        assert status_of(sockets[-1]) == 429


@needs_nginx
def test_visitor_cannot_forge_an_address(proxy: Proxy, listener: Listener) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X_Forwarded_For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
    }

    with asked(proxy, "GET", "/", headers=forged) as answer:
        assert answer.status == 200

    ((_path, heard, _size),) = listener.heard
    assert heard["X-Forwarded-For"] == HOST
    assert heard["X-Forwarded-Host"] == "localhost"
    assert heard["X-Forwarded-Proto"] == "https"
    assert "6.6.6.6" not in str(heard)


@needs_nginx
def test_body_is_read_whole_before_the_application_hears_of_it(
    proxy: Proxy, listener: Listener
) -> None:
    begun = slow_body(SIGN_IN).encode()
    with proxy.connect() as one:
        one.sendall(begun)
        with asked(proxy, "GET", "/meanwhile") as answer:
            assert answer.status == 200
        assert [path for path, _headers, _size in listener.heard] == ["/meanwhile"]

        one.sendall(b"a" * 999)
        assert status_of(one) == 200

    assert [(path, size) for path, _headers, size in listener.heard][1:] == [(SIGN_IN, 1000)]


@needs_nginx
@pytest.mark.parametrize("path", [SIGN_IN, UPLOAD, "/api/v1/patients/", "/webhooks/stripe/"])
def test_huge_body_is_refused_unread(proxy: Proxy, listener: Listener, path: str) -> None:
    with proxy.connect() as one:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {HUGE}\r\n\r\n"
        one.sendall(head.encode())
        assert status_of(one) == 413

    assert not listener.heard


@needs_nginx
@pytest.mark.parametrize("path", [UPLOAD, f"/api/v1/campaigns/{UUID(int=1)}/imports/"])
def test_list_of_the_largest_size_passes(proxy: Proxy, listener: Listener, path: str) -> None:
    assert status(proxy, "POST", path, body=b"x" * (50 * 1024**2 + 1024)) == 200

    assert listener.heard[0][2] == 50 * 1024**2 + 1024


@needs_nginx
def test_plain_http_leads_to_https_and_figures_stay_inside(
    proxy: Proxy, listener: Listener
) -> None:
    with closing(http.client.HTTPConnection("localhost", proxy.http_port)) as connection:
        connection.request("GET", "/inbox/?page=2")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (
            301,
            "https://localhost/inbox/?page=2",
        )
    assert status(proxy, "GET", "/metrics") == 404
    assert status(proxy, "GET", "/metrics/x") == 404
    assert not listener.heard
    assert status(proxy, "GET", "/health/ready") == 200


def test_proxy_and_application_agree_on_the_size_of_bodies() -> None:
    """A lower limit would refuse valid bodies; a higher one would accept useless ones."""
    plain = [address for address in addresses.walk() if not address.is_a_pattern]
    differ = []
    for address in plain:
        limit = getattr(address.view, "body_limit", request_bodies.DEFAULT).max_bytes
        path = address.path(**dict.fromkeys(address.names, UUID(int=1)))
        if not limit <= size_at_the_proxy(path) <= max(limit, request_bodies.API) * 1.02:
            differ.append((path, limit, size_at_the_proxy(path)))

    assert plain
    assert not differ


def size_at_the_proxy(path: str) -> int:
    """Choose the location as nginx does: exact, or else a pattern, or else the longest prefix."""
    found = [match.groupdict() for match in SIZES.finditer(FILE.read_text())]
    exact = [one for one in found if one["how"] == "=" and one["path"] == path]
    patterns = [one for one in found if one["how"] == "~" and re.search(one["path"], path)]
    beginnings = [
        one
        for one in found
        if one["how"] is None and (one["path"] is None or path.startswith(one["path"]))
    ]
    longest = sorted(beginnings, key=lambda one: len(one["path"] or ""), reverse=True)
    size = [*exact, *patterns, *longest][0]["size"]
    return int(size[:-1]) * UNITS[size[-1]]
