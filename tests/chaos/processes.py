"""Start the product's processes, kill them, restart them, and end them all."""

import os
import shlex
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from config.embedded.places import ROOT
from config.embedded.processes import ending_with_parent

CELERY = "-m celery --quiet --app config.celery"
WORKER = f"{CELERY} worker --concurrency 1 --without-mingle --without-gossip --hostname {{name}}@"
COMMANDS = {
    "web": "-m config.web --port {port} --threads 4 --grace 5",
    "worker-1": f"{WORKER} --queues celery,imports,webhooks",
    "worker-2": f"{WORKER} --queues celery,imports,webhooks",
    "sender-1": f"{WORKER} --queues send",
    "sender-2": f"{WORKER} --queues send",
    "beat-1": f"{CELERY} beat --schedule {{folder}}/{{name}}",
    "beat-2": f"{CELERY} beat --schedule {{folder}}/{{name}}",
}


@dataclass
class Processes:
    """Each process has its own process group, so that its children are killed with it."""

    folder: Path
    port: int
    environment: Mapping[str, str]
    commands: Mapping[str, str] = field(default_factory=lambda: COMMANDS)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        for name in self.commands:
            self._start(name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.running.values():
            _end(process)

    def kill(self, name: str) -> None:
        _end(self.running[name])
        self.ends["killed"] += 1
        self._start(name)

    def restart_ended(self) -> None:
        """Restart processes that ended by themselves, as a supervisor would."""
        for name, process in [*self.running.items()]:
            if process.poll() is not None:
                _end(process)
                self.ends["died"] += 1
                self._start(name)

    def output(self) -> str:
        """Return the logs of all processes."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.stem}\n{log.read_text(errors='replace')}" for log in logs)

    def _start(self, name: str) -> None:
        command = self.commands[name].format(name=name, port=self.port, folder=self.folder)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *shlex.split(command)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one thread
            )


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
