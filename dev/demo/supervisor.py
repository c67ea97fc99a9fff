"""Starts processes together, shows what they say, revives what dies, and leaves nothing behind."""

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
# Dying more often than this within the time means that starting again does not help.
DEATHS, WITHIN = 5, 60
FIRST_PAUSE = 1


class Child:
    """A process in a group of its own, so that Ctrl-C reaches it through us, and whole."""

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
        """What it has said since, in whole lines."""
        fresh = os.read(self.pipe.fileno(), 65536)
        self.silent = not fresh
        *lines, self.unfinished = (self.unfinished + fresh).split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in lines]

    def read_last(self) -> list[str]:
        lines: list[str] = []
        while not self.silent:
            lines += self.read()
        return [*lines, self.unfinished.decode(errors="replace")] if self.unfinished else lines

    def ask_to_end(self) -> None:
        """Its leader alone: it lets its workers finish what they are at."""
        self.process.terminate()

    def kill(self) -> None:
        """The whole group, also when its leader is already gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Supervisor:
    output: Output
    environment: Mapping[str, str]
    asked_to_stop: int = 0
    children: dict[str, Child] = field(default_factory=dict)
    deaths: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    revivals: dict[str, tuple[float, str]] = field(default_factory=dict)
    pipes: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def stop_on(self, *words: signal.Signals) -> None:
        def note(*_: object) -> None:
            self.asked_to_stop += 1

        for word in words:
            signal.signal(word, note)

    def finish(self, name: str, command: str) -> bool:
        """Run it to its end; whether that went well."""
        child = self._start(name, command)
        while child.is_alive() and not self.asked_to_stop:
            self._show(TICK)
        if child.is_alive():
            return False
        self._bury(child)
        return child.process.returncode == 0

    def run(self, commands: Mapping[str, str], look: Callable[[], None]) -> bool:
        """Until asked to stop, which is a good end, or until something keeps dying."""
        for name, command in commands.items():
            self._start(name, command)
        while not self.asked_to_stop:
            self._show(TICK)
            look()
            for child in [*self.children.values()]:
                if not child.is_alive() and not self._will_revive(child):
                    return False
            self._revive()
        return True

    def stop(self) -> None:
        """Everyone ends: asked first, then made to. Asked once more, we do not wait."""
        for child in self.children.values():
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        patience = self.asked_to_stop
        while any(child.is_alive() for child in self.children.values()):
            if time.monotonic() > deadline or self.asked_to_stop > patience:
                break
            self._show(0.05)
        for child in [*self.children.values()]:
            self._bury(child)

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

    def _bury(self, child: Child) -> None:
        """Nothing of its group outlives it."""
        child.kill()
        child.process.wait()
        for line in child.read_last():
            self.output.line(child.name, line)
        if child.pipe in self.pipes.get_map():
            self.pipes.unregister(child.pipe)
        child.pipe.close()
        del self.children[child.name]

    def _will_revive(self, child: Child) -> bool:
        self._bury(child)
        now = time.monotonic()
        recent = [at for at in self.deaths[child.name] if at > now - WITHIN]
        self.deaths[child.name] = [*recent, now]
        end = _described(child.process.returncode)
        if len(recent) >= DEATHS:
            self.output.line(OWN_NAME, f"{child.name} {end} again and again; its lines say why.")
            return False
        pause = FIRST_PAUSE * 2 ** len(recent)
        self.output.line(OWN_NAME, f"{child.name} {end}; starting it again in {pause} s.")
        self.revivals[child.name] = (now + pause, child.command)
        return True

    def _revive(self) -> None:
        for name, (at, command) in [*self.revivals.items()]:
            if time.monotonic() >= at:
                del self.revivals[name]
                self._start(name, command)


def _described(code: int) -> str:
    return f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended (code {code})"
