"""Who uses the servers: joining starts them, leaving lets them go."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.embedded import postgres, redis
from config.embedded.locks import Lock
from config.embedded.places import ROOT, EmbeddedError, local, make_private

READY = "ready"
PATIENCE = 90

# Forked children inherit the lock, which is right: they use the servers too.
_membership: list[Lock] = []


def join() -> None:
    """Use the servers until this process ends. Cheap when they run; heals them when they do not."""
    with _alone_at("start.lock"):
        if not (_membership and _membership[0].is_current()):
            _leave()
            membership = Lock(local() / "users.lock")
            # A keeper that is about to go holds it; afterwards we start another.
            membership.share()
            _membership.append(membership)
        _wait_until(_they_answer)


def stop() -> bool:
    """Stop them now and wait for it; not when somebody else uses them."""
    _leave()
    with _alone_at("start.lock"):
        return _stop_unused()


def reset() -> None:
    """Remove all data."""
    _leave()
    with _alone_at("start.lock"):
        if not _stop_unused():
            raise EmbeddedError("The servers are in use: stop what runs here, then try again.")
        for entry in local().iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.suffix != ".lock":
                entry.unlink()


def _leave() -> None:
    while _membership:
        _membership.pop().release()


def _stop_unused() -> bool:
    users = Lock(local() / "users.lock")
    try:
        if not users.take_within(seconds=0.2):
            return False
        (local() / "stop").touch(mode=0o600)
        _wait_until(_nothing_runs)
        return True
    finally:
        users.release()


def _they_answer() -> bool:
    if _nothing_runs():
        _start_keeper()
    return postgres.answers() and redis.answers()


def _wait_until(done: Callable[[], bool]) -> None:
    """A keeper that is just coming or going needs a moment."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"Servers of an earlier run neither answer nor end: see the logs in {local()},"
                " end their processes and try again."
            )
        time.sleep(0.02)


def _nothing_runs() -> bool:
    life = Lock(local() / "life.lock")
    try:
        return life.take_within(seconds=0)
    finally:
        life.release()


@contextmanager
def _alone_at(name: str) -> Iterator[None]:
    lock = Lock(make_private(local()) / name)
    try:
        lock.take()
        yield
    finally:
        lock.release()


def _start_keeper() -> None:
    """The keeper forks away at once and writes one line when the servers answer or cannot."""
    with (local() / "keeper.log").open("wb") as log:
        word = subprocess.run(
            [sys.executable, "-m", "config.embedded.keeper"],
            cwd=ROOT,
            env={**os.environ, "REPUTATION_LOCAL": str(local())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            check=False,
        ).stdout
    if word != READY:
        raise EmbeddedError(word or f"The embedded servers did not start: see {log.name}.")
