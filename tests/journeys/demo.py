"""The demo as a visitor starts it, on data and ports of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import embedded
from config.embedded.processes import ending_with_parent, shifted_clock
from tests.config.conftest import Place
from tests.dev.doubles.simulation import Simulation

BROKEN = re.compile(r"^.*(?:\[(?:error|critical) *\]|Traceback).*$", re.MULTILINE)
READY = re.compile(r"is ready: +(\S+)\n.*phones: +(\S+)\n")
PATIENCE = 180


@dataclass(frozen=True)
class Demo:
    site: str
    phones: Simulation
    place: Place


@contextmanager
def running(*, log: Path) -> Iterator[Demo]:
    """Until the end of the `with`. Ctrl-C then leaves nothing behind, and the log has no error."""
    # Not under pytest's folder, whose long and closed path would move everything elsewhere.
    parent = Path(tempfile.mkdtemp(prefix="journeys-"))
    parent.chmod(0o755)
    place = Place(parent / "local")
    process = start(place, log)
    try:
        yield when_ready(process, log, place)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()
        assert log.read_text().endswith("demo     │ stopped\n")
        assert not place.living(), "Ctrl-C left processes behind"
        complaints = BROKEN.findall(log.read_text())
        assert not complaints, f"See {log}:\n" + "\n".join(complaints[:5])
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        shutil.rmtree(parent)


def start(place: Place, log: Path) -> subprocess.Popen[bytes]:
    web, phones, mail, payments = free_ports(4)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dev.demo"],
            cwd=embedded.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "REPUTATION_LOCAL": str(place.path),
                "PORT": str(web),
                "SIMULATOR_PORT": str(phones),
                "SIMULATOR_SMTP_PORT": str(mail),
                "PAYMENTS_PORT": str(payments),
                **shifted_clock(),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 - as the demo itself does
        )


def when_ready(process: subprocess.Popen[bytes], log: Path, place: Place) -> Demo:
    deadline = time.monotonic() + PATIENCE
    while not (said := READY.search(log.read_text())):
        assert process.poll() is None, f"The demo did not start:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"The demo is not ready yet:\n{log.read_text()}"
        time.sleep(0.1)
    return Demo(site=said[1], phones=Simulation(said[2], smtp_port=0), place=place)


def free_ports(count: int) -> list[int]:
    """Held together for a moment, so that no two of them are the same."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in held]
