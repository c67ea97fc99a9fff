"""The web server reads complete requests within limits, and slow clients block no threads."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from pytest_django import DjangoDbBlocker

from config.web import incoming, outgoing
from config.web.application import Application
from config.web.environ import environ_of
from core import request_bodies
from dev.benches.serving import serving
from tests.attacks import slow_sockets
from tests.config.web import environment_of_tests
from tests.full_disk import full_disk

Messages = list[dict[str, Any]]
FORM = (b"content-type", b"application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Start a web server that uses the database of the tests, and yield its port."""
    with django_db_blocker.unblock():
        slow_sockets.collect_static()
        with serving("config.wsgi:application", environment_of_tests()) as port:
            yield port


def test_two_hundred_slow_clients_and_huge_bodies_hold_up_nobody(port: int) -> None:
    rows = slow_sockets.attack(port, max_seconds=slow_sockets.MAX_SECONDS_IN_TESTS)

    assert len(rows) == 9
    assert not [row for row in rows if not row.held]


def call(
    *parts: bytes,
    method: str = "POST",
    path: str = "/accounts/login/",
    headers: Iterable[tuple[bytes, bytes]] = (),
    ends: bool = True,
    wsgi: Callable[..., Iterable[bytes]] | None = None,
) -> tuple[Messages, dict[str, Any]]:
    """Send a request in parts through the application. Return its response and its environ."""
    seen: dict[str, Any] = {}
    sent: Messages = []

    def keep(environ: dict[str, Any], start_response: Callable[..., None]) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left and not ends:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or not ends}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "server": ("127.0.0.1", "8000"),
        "client": ("192.0.2.1", "40000"),
        "method": method,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(b"host", b"localhost"), *headers],
    }
    application = Application(wsgi or keep, threads=2)
    asyncio.run(application(scope, receive, send))
    return sent, seen


def length(size: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(size).encode())


def test_body_in_parts_arrives_as_a_whole() -> None:
    sent, seen = call(b"login=a", b"&password=b", headers=[FORM, length(18)])

    assert sent[0]["status"] == 200
    assert seen["body"] == b"login=a&password=b"


def test_chunked_body_gets_its_length() -> None:
    _sent, seen = call(b"abc", b"def", headers=[FORM, (b"transfer-encoding", b"chunked")])

    assert (seen["CONTENT_LENGTH"], seen["body"]) == ("6", b"abcdef")


def test_body_that_comes_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "BODY_SECONDS", 0.02)

    sent, seen = call(b"a", ends=False, headers=[FORM, length(1000)])

    assert sent[0]["status"] == 408
    assert not seen


def test_client_that_leaves_is_not_answered() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def nobody(_environ: object) -> bool:
        return False

    environ = {"PATH_INFO": "/accounts/login/", "CONTENT_LENGTH": "10"}
    with pytest.raises(incoming.ClientLeftError):
        asyncio.run(incoming.read_body(environ, receive, nobody))


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        ([length(request_bodies.PAGES + 1)], [b"never read"]),
        ([(b"transfer-encoding", b"chunked")], [b"x" * request_bodies.PAGES, b"x"]),
    ],
)
def test_too_large_body_is_not_kept(headers: list[tuple[bytes, bytes]], parts: list[bytes]) -> None:
    _sent, seen = call(*parts, headers=headers)

    assert (seen[request_bodies.REFUSED], seen["body"]) == (
        request_bodies.RefusedBody.TOO_LARGE,
        b"",
    )


def test_unsigned_webhook_is_not_read() -> None:
    path = "/webhooks/twilio/inbound/"

    _sent, unsigned = call(b"Body=5", path=path, headers=[FORM, length(6)])
    signed_by = (b"x-twilio-signature", b"x")
    _sent, signed = call(b"Body=5", path=path, headers=[FORM, length(6), signed_by])

    assert (unsigned["body"], signed["body"]) == (b"", b"Body=5")


@pytest.mark.django_db(transaction=True)
def test_long_body_is_read_from_somebody_signed_in_alone() -> None:
    session = SessionStore()
    session["_auth_user_id"] = "1"
    session.save()
    cookie = (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode())
    file = b"x" * (request_bodies.MAX_ANONYMOUS_BYTES + 1)
    headers = [length(len(file))]

    _sent, strangers = call(file, path="/imports/", headers=headers)
    _sent, forgers = call(
        file, path="/imports/", headers=[*headers, (b"authorization", b"Bearer rm_a_b")]
    )
    _sent, members = call(file, path="/imports/", headers=[*headers, cookie])

    assert (strangers["body"], forgers["body"], members["body"]) == (b"", b"", file)


@pytest.mark.django_db(transaction=True)
def test_full_disk_is_told_and_not_taken_for_a_mistake() -> None:
    session = SessionStore()
    session["_auth_user_id"] = "1"
    session.save()
    cookie = (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode())
    file = b"x" * (request_bodies.MAX_ANONYMOUS_BYTES + 1)

    with full_disk(room_for=100 * 1024):
        _sent, seen = call(file, path="/imports/", headers=[length(len(file)), cookie])

    assert (seen[request_bodies.REFUSED], seen["body"]) == (request_bodies.RefusedBody.NO_ROOM, b"")


def test_header_with_an_underscore_cannot_stand_for_another() -> None:
    _sent, seen = call(
        method="GET", headers=[(b"x_forwarded_for", b"6.6.6.6"), (b"x-forwarded-for", b"192.0.2.7")]
    )

    assert seen["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"


def test_address_and_repeated_headers_are_kept_as_they_came() -> None:
    scope = {
        "server": ("127.0.0.1", "8000"),
        "client": ("192.0.2.1", "40000"),
        "method": "GET",
        "raw_path": b"/a%20b/%ff",
        "query_string": b"q=%20",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-a", b"1"), (b"x-a", b"2")],
    }

    environ = environ_of(scope)

    assert environ["PATH_INFO"] == "/a b/\xff"
    assert environ["QUERY_STRING"] == "q=%20"
    assert environ["REMOTE_ADDR"] == "192.0.2.1"
    assert (environ["HTTP_COOKIE"], environ["HTTP_X_A"]) == ("a=1; b=2", "1,2")


def test_long_answer_is_finished_before_its_slow_reader_has_read_it() -> None:
    """The thread is free although the client has not read anything yet."""
    is_written = threading.Event()

    def answer(_environ: object, start_response: Callable[..., None]) -> Iterator[bytes]:
        start_response("200 OK", [])
        for _part in range(40):
            yield b"x" * outgoing.CHUNK_SIZE
        is_written.set()

    sent: Messages = []

    async def send(message: dict[str, Any]) -> None:
        assert await asyncio.to_thread(is_written.wait, 5)
        sent.append(message)

    async def read_slowly() -> None:
        pipe = outgoing.Pipe(asyncio.get_running_loop())
        thread = threading.Thread(
            target=outgoing.respond, args=(answer, {"wsgi.input": io.BytesIO()}, pipe)
        )
        thread.start()
        await pipe.send_all(send)
        thread.join()

    asyncio.run(read_slowly())

    assert sum(len(message.get("body", b"")) for message in sent) == 40 * outgoing.CHUNK_SIZE
    assert sent[-1]["more_body"] is False


def test_answer_that_fails_midway_is_not_ended_as_if_it_were_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def answer(_environ: object, start_response: Callable[..., None]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"x" * outgoing.CHUNK_SIZE
        raise ValueError("Ana Torres +593991234567")

    sent, _seen = call(method="GET", wsgi=answer)

    assert all(message.get("more_body", True) for message in sent)
    assert "ValueError" in caplog.text
    assert "Ana" not in caplog.text
