"""The double of Google as a process of its own, for benches and chaos."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dev.doubles.google.settings import CLIENT_ID, CLIENT_SECRET, PUSH_EMAIL, TOPIC
from tests.dev.doubles.google.control import GoogleControl


class GoogleProcess(GoogleControl):
    def __init__(self, url: str, push_url: str) -> None:
        super().__init__()
        self._url = url
        self.push_url = push_url

    @property
    def url(self) -> str:
        return self._url

    def environment(self) -> dict[str, str]:
        """Return the variables with which processes of the product call this double."""
        return {
            "GOOGLE_BASE_URL": self.url,
            "GOOGLE_BUSINESS_CLIENT_ID": CLIENT_ID,
            "GOOGLE_BUSINESS_CLIENT_SECRET": CLIENT_SECRET,
            "GOOGLE_BUSINESS_TOPIC": TOPIC,
            "GOOGLE_BUSINESS_PUSH_AUDIENCE": self.push_url,
            "GOOGLE_BUSINESS_PUSH_EMAIL": PUSH_EMAIL,
        }


@contextmanager
def running_google(*options: str, push_url: str = "") -> Iterator[GoogleProcess]:
    """Run the double with these options. Without `push_url` it pushes nothing."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "dev.doubles.google", "--i-am-a-test"),
            *("--port", "0", "--push-url", push_url),
            *options,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        port = process.stdout.readline().rpartition(":")[2].strip()
        google = GoogleProcess(f"http://127.0.0.1:{port}", push_url)
        with google.http:
            yield google
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
