"""Register this process as a user of the servers, start them for the first, stop them if unused."""

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
START_TIMEOUT = 90

# Forked children inherit the lock, because they use the servers too.
_membership: list[Lock] = []


def join() -> None:
    """Use the servers until this process ends, and start them if they do not respond."""
    with _exclusive("start.lock"):
        if not (_membership and _membership[0].is_current()):
            _leave()
            membership = Lock(local() / "users.lock")
            # A keeper that is ending holds the lock. We wait for it and start another one.
            membership.share()
            _membership.append(membership)
        _wait_until(_are_responding)


def stop() -> bool:
    """Stop the servers and wait for it. Return False if another process uses them."""
    _leave()
    with _exclusive("start.lock"):
        return _stop_unused()


def reset() -> None:
    """Stop the servers and remove all data."""
    _leave()
    with _exclusive("start.lock"):
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


def _are_responding() -> bool:
    if _nothing_runs():
        _start_keeper()
    return postgres.is_responding() and redis.is_responding()


def _wait_until(done: Callable[[], bool]) -> None:
    """Poll until `done`, because a keeper that is starting or ending needs some time."""
    deadline = time.monotonic() + START_TIMEOUT
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
def _exclusive(name: str) -> Iterator[None]:
    lock = Lock(make_private(local()) / name)
    try:
        lock.take()
        yield
    finally:
        lock.release()


def _start_keeper() -> None:
    """Start the keeper, which forks, and read its one message: READY, or why it failed."""
    with (local() / "keeper.log").open("wb") as log:
        message = subprocess.run(
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
    if message != READY:
        raise EmbeddedError(message or f"The embedded servers did not start: see {log.name}.")
