"""Start and stop the keeper's server processes, and wait until they respond."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.places import EmbeddedError, local, server_user

START_TIMEOUT = 60
STOP_TIMEOUT = 10
PR_SET_PDEATHSIG = 1
# Environment variables with which `tests.days` shifts the clock.
CLOCK = ("CLOCK_SHIFT_SECONDS", "LD_PRELOAD")


@dataclass(frozen=True)
class Server:
    name: str
    command: Sequence[str]
    socket: Path
    is_responding: Callable[[], bool]
    stop_with: signal.Signals


@dataclass
class Processes:
    """The running servers.

    `life` is the descriptor of a locked file. All processes inherit it, so the lock is free only
    when the last of them has ended.
    """

    life: int
    running: list[tuple[Server, subprocess.Popen[bytes]]] = field(default_factory=list)

    def run(self, server: Server, *, as_server_user: bool = False) -> None:
        """Start a server and wait until it responds."""
        process, had_socket = self._start(server, as_server_user=as_server_user), False
        deadline = time.monotonic() + START_TIMEOUT
        while not server.is_responding():
            if process.poll() is not None:
                raise EmbeddedError(_reason(server.name))
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{server.name} did not answer; see {_log(server.name)}.")
            if had_socket and not server.socket.exists():
                # An older server has ended only now, and removed the socket with the same path.
                self.stop_last()
                process = self._start(server, as_server_user=as_server_user)
            had_socket = server.socket.exists()
            time.sleep(0.02)

    def finish(self, name: str, command: Sequence[str]) -> None:
        """Run a command as the user of the servers, and wait until it ends."""
        if self._spawn(name, command, stop_with=signal.SIGKILL, as_server_user=True).wait():
            raise EmbeddedError(_reason(name))

    def all_well(self) -> bool:
        """Return whether all servers run and have a socket, which an older server may remove."""
        return all(
            process.poll() is None and server.socket.exists() for server, process in self.running
        )

    def stop(self) -> None:
        while self.running:
            self.stop_last()

    def stop_last(self) -> None:
        server, process = self.running.pop()
        for signal_number in (server.stop_with, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(signal_number)
            try:
                process.wait(STOP_TIMEOUT)
                break
            except subprocess.TimeoutExpired:
                continue

    def _start(self, server: Server, *, as_server_user: bool) -> subprocess.Popen[bytes]:
        process = self._spawn(
            server.name,
            server.command,
            stop_with=server.stop_with,
            as_server_user=as_server_user,
        )
        self.running.append((server, process))
        return process

    def _spawn(
        self, name: str, command: Sequence[str], *, stop_with: signal.Signals, as_server_user: bool
    ) -> subprocess.Popen[bytes]:
        user = server_user() if as_server_user else None
        with _log(name).open("wb") as log:
            return subprocess.Popen(
                command,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=[] if user else None,
                cwd=local() / "run",
                env={"PATH": os.defpath, "LC_ALL": "C", **shifted_clock()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.life],
                preexec_fn=ending_with_parent(stop_with),  # noqa: PLW1509 - one thread
            )


def shifted_clock() -> dict[str, str]:
    """Return the environment variables that give a process the same shifted clock as this one.

    It is empty unless the tests shift the clock. PostgreSQL's now() must be on the same day.
    """
    names = CLOCK if "CLOCK_SHIFT_SECONDS" in os.environ else ()
    return {name: os.environ[name] for name in names if name in os.environ}


def ending_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` by which a process gets this signal when its parent dies, on Linux."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal_number)


def _log(name: str) -> Path:
    return local() / f"{name}.log"


def _reason(name: str) -> str:
    lines = _log(name).read_text(errors="replace").strip().splitlines()
    errors = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line]
    why = (errors or lines or ["it said nothing"])[-1]
    return (
        f"The embedded {name} did not start: {why} (see {_log(name)})."
        " If its data is damaged, `make demo-reset` removes it; the next run makes it anew."
    )
