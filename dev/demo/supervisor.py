"""Run several processes: print their output, restart those that exit, and stop all at the end."""

import os
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from config.embedded import ROOT
from config.embedded.processes import ending_with_parent
from dev.demo.output import Output

OWN_NAME = "demo"
GRACE = 10
TICK = 0.25
# A process that exits more often than this within so many seconds is not restarted.
MAX_EXITS, WITHIN = 5, 60
FIRST_PAUSE = 1


class Child:
    """A process in its own group: Ctrl-C reaches only us, and we stop the whole group."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.process = subprocess.Popen(
            [sys.executable if word == "python" else word for word in shlex.split(command)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )
        assert self.process.stdout
        self.pipe = self.process.stdout
        self.unfinished = b""
        self.silent = False

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def read(self) -> list[str]:
        """Return the complete lines of output since the last call."""
        fresh = os.read(self.pipe.fileno(), 65536)
        self.silent = not fresh
        *lines, self.unfinished = (self.unfinished + fresh).split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in lines]

    def read_rest(self) -> list[str]:
        lines: list[str] = []
        while not self.silent:
            lines += self.read()
        return [*lines, self.unfinished.decode(errors="replace")] if self.unfinished else lines

    def ask_to_end(self) -> None:
        """Send SIGTERM to the first process only, so that its workers finish their tasks."""
        self.process.terminate()

    def kill(self) -> None:
        """Kill the group, which may still have members when its first process has exited."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Supervisor:
    output: Output
    environment: Mapping[str, str]
    asked_to_stop: int = 0
    children: dict[str, Child] = field(default_factory=dict)
    exits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    restarts: dict[str, tuple[float, str]] = field(default_factory=dict)
    pipes: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def stop_on(self, *words: signal.Signals) -> None:
        def count(*_: object) -> None:
            self.asked_to_stop += 1

        for word in words:
            signal.signal(word, count)

    def finish(self, name: str, command: str) -> bool:
        """Run a command until it exits. Return whether it succeeded."""
        child = self._start(name, command)
        while child.is_alive() and not self.asked_to_stop:
            self._show(TICK)
        if child.is_alive():
            return False
        self._clean_up(child)
        return child.process.returncode == 0

    def run(self, commands: Mapping[str, str], check: Callable[[], None]) -> bool:
        """Run the commands until asked to stop. Return False if one exits again and again."""
        for name, command in commands.items():
            self._start(name, command)
        while not self.asked_to_stop:
            self._show(TICK)
            check()
            for child in [*self.children.values()]:
                if not child.is_alive() and not self._plan_restart(child):
                    return False
            self._restart_due()
        return True

    def stop(self) -> None:
        """Stop all processes, and kill them after `GRACE` seconds or a second signal."""
        for child in self.children.values():
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        asked_before = self.asked_to_stop
        while any(child.is_alive() for child in self.children.values()):
            if time.monotonic() > deadline or self.asked_to_stop > asked_before:
                break
            self._show(0.05)
        for child in [*self.children.values()]:
            self._clean_up(child)

    def _start(self, name: str, command: str) -> Child:
        child = Child(name, command, self.environment)
        self.children[name] = child
        self.pipes.register(child.pipe, selectors.EVENT_READ, child)
        return child

    def _show(self, seconds: float) -> None:
        for key, _ in self.pipes.select(seconds):
            child: Child = key.data
            for line in child.read():
                self.output.line(child.name, line)
            if child.silent:
                self.pipes.unregister(child.pipe)

    def _clean_up(self, child: Child) -> None:
        """Kill what is left of its group, print the rest of its output and forget it."""
        child.kill()
        child.process.wait()
        for line in child.read_rest():
            self.output.line(child.name, line)
        if child.pipe in self.pipes.get_map():
            self.pipes.unregister(child.pipe)
        child.pipe.close()
        del self.children[child.name]

    def _plan_restart(self, child: Child) -> bool:
        self._clean_up(child)
        now = time.monotonic()
        recent = [at for at in self.exits[child.name] if at > now - WITHIN]
        self.exits[child.name] = [*recent, now]
        end = describe_exit(child.process.returncode)
        if len(recent) >= MAX_EXITS:
            self.output.line(OWN_NAME, f"{child.name} {end} again and again; its lines say why.")
            return False
        pause = FIRST_PAUSE * 2 ** len(recent)
        self.output.line(OWN_NAME, f"{child.name} {end}; starting it again in {pause} s.")
        self.restarts[child.name] = (now + pause, child.command)
        return True

    def _restart_due(self) -> None:
        for name, (at, command) in [*self.restarts.items()]:
            if time.monotonic() >= at:
                del self.restarts[name]
                self._start(name, command)


def describe_exit(code: int) -> str:
    return f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended (code {code})"
