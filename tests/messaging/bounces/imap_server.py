"""pymap, an IMAP server of its own: a foreign program for our client to talk to."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

USER, PASSWORD = "rebotes", "p@ss/word"
COMMAND = "import sys; from pymap.main import main; sys.exit(main())"


@dataclass(frozen=True)
class ImapServer:
    port: int

    @property
    def url(self) -> str:
        return f"imap://{USER}:p%40ss%2Fword@127.0.0.1:{self.port}/INBOX"

    def connect(self) -> imaplib.IMAP4:
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.login(USER, PASSWORD)
        connection.select("INBOX")
        return connection

    def deliver(self, *mails: bytes) -> None:
        with self.connect() as connection:
            for mail in mails:
                assert connection.append("INBOX", "", "", mail)[0] == "OK"

    def count(self, what: str = "ALL") -> int:
        with self.connect() as connection:
            return len(connection.search(None, what)[1][0].split())

    def empty(self) -> None:
        with self.connect() as connection:
            connection.store("1:*", "+FLAGS", r"(\Deleted)")
            connection.expunge()


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    login = ["--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *options, *login],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield ImapServer(port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the IMAP server did not start")
