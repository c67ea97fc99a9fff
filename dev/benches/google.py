"""The double of Google in a process of its own, and a clinic that follows its locations."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import requests
from django.utils import timezone

from core import encryption, tenancy
from dev.benches.serving import HOST, free_port
from dev.doubles.google.world import CLINIC_ACCOUNT
from reviews.models import GoogleConnection, GoogleLocation
from workspaces.models import Practice, Workspace

PATIENCE = 30


@dataclass(frozen=True)
class BenchedGoogle:
    url: str

    def follow(self, *, locations: int, reviews: int) -> UUID:
        """Add locations with so many reviews in all, and a clinic that follows them."""
        added = self._control("POST", "populate", locations=locations, reviews=reviews)
        tokens, now = self._control("POST", "grant"), timezone.now()
        with tenancy.platform("bench"):
            workspace = Workspace.objects.create(name="Clínica")
            practice = Practice.objects.create(workspace=workspace, name="Centro")
            connection = GoogleConnection.objects.create(
                workspace=workspace,
                google_user_id="1001",
                refresh_token=encryption.seal(tokens["refresh_token"]),
                access_token=encryption.seal(tokens["access_token"]),
                access_expires_at=now + timedelta(hours=1),
                connected_at=now,
            )
            GoogleLocation.objects.bulk_create(
                GoogleLocation(
                    workspace=workspace,
                    connection=connection,
                    practice=practice,
                    account=f"accounts/{CLINIC_ACCOUNT}",
                    name=f"locations/{location}",
                    title="Consultorio",
                    is_verified=True,
                )
                for location in added["locations"]
            )
        return workspace.pk

    def clear_counts(self) -> None:
        self._control("DELETE", "counts")

    def count_requests(self) -> int:
        return int(self._control("GET", "counts")["total"])

    def _control(self, method: str, path: str, **body: str | int) -> Any:
        answer = requests.request(method, f"{self.url}/control/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else {}


@contextmanager
def google() -> Iterator[BenchedGoogle]:
    """Run the double inside the `with`."""
    port = free_port()
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "dev.doubles.google", "--i-am-a-test"],
            *["--port", str(port), "--push-url", ""],
        ],
        stdout=subprocess.DEVNULL,
    )
    double = BenchedGoogle(f"http://{HOST}:{port}")
    try:
        _wait_for(double, process)
        yield double
    finally:
        process.terminate()
        process.wait()


def _wait_for(double: BenchedGoogle, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(requests.ConnectionError):
            double.count_requests()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The double did not start (it ended with {process.poll()}).")
        time.sleep(0.05)
