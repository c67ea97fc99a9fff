import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

import pytest

from config import embedded
from config.embedded.processes import shifted_clock

Process = subprocess.Popen[str]

USER = """
import sys
from config import embedded
embedded.ensure()
print("here", flush=True)
for _ in sys.stdin:
    embedded.ensure()
    print("here", flush=True)
"""


@dataclass
class LocalServers:
    """A `.local` directory for one test, and the processes that use it."""

    path: Path
    started: list[Process] = field(default_factory=list)

    def start(self, *command: str, **environment: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=embedded.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "REPUTATION_LOCAL": str(self.path),
                **shifted_clock(),
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, script: str, **environment: str) -> str:
        return self.start("-c", script, **environment).communicate(timeout=60)[0]

    def with_database(self) -> Self:
        """Copy a finished database into it, because creating one takes seconds."""
        self.path.mkdir(mode=0o711)
        shutil.copytree(made_database(), self.path / "postgres")
        return self

    def user(self) -> Process:
        return self.start("-c", USER)

    def living(self, *words: str) -> list[int]:
        """Return the processes of this directory whose command contains these words."""
        return [
            pid
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal()
            and (pid := int(entry.name)) != os.getpid()
            and all(word in command_of(entry) for word in words)
            and self._owns(entry)
        ]

    def kill(self, *words: str) -> None:
        for pid in self.living(*words):
            # Killing one may end others.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop the servers as `embedded.stop()` does, without a process that calls it."""
        if self.living("config.embedded.keeper"):
            (self.path / "stop").touch()
            eventually(lambda: not self.living())

    def _owns(self, entry: Path) -> bool:
        with suppress(OSError):
            if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
            texts = (entry / "environ").read_text(errors="replace") + command_of(entry)
            return str(self.path) in texts or str(self.path) in str((entry / "cwd").readlink())
        return False


@cache
def made_database() -> Path:
    """Return the files of a new database, created once for all tests."""
    parent = Path(tempfile.mkdtemp(prefix="reputation-"))
    atexit.register(shutil.rmtree, parent)
    parent.chmod(0o755)
    place = LocalServers(parent / "local")
    place.run("from config import embedded; embedded.ensure(); embedded.stop()")
    return place.path / "postgres"


def command_of(entry: Path) -> str:
    with suppress(OSError):
        return (entry / "cmdline").read_text(errors="replace").replace("\0", " ")
    return ""


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServers]:
    # Not in pytest's directory: its path is too long for sockets, and other users cannot enter it.
    parent = Path(tempfile.mkdtemp(prefix="reputation-"))
    parent.chmod(0o755)
    place = LocalServers(parent / "local")
    monkeypatch.setenv("REPUTATION_LOCAL", str(place.path))
    yield place
    place.kill("-c")
    for process in place.started:
        process.communicate()
    place.stop()
    place.kill()
    shutil.rmtree(parent)
