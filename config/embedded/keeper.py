"""The parent process of both servers. It stops them when no process uses them any more.

The first process that needs the servers starts it with `python -m config.embedded.keeper`. When a
server dies, the keeper stops the other one and ends, and the next process starts a new keeper.
"""

import os
import shutil
import signal
import sys
import time

from config.embedded import postgres, redis
from config.embedded.locks import Lock
from config.embedded.places import EmbeddedError, hand_over, local
from config.embedded.processes import Processes
from config.embedded.users import READY

# Keep the servers for a moment, so that the next command need not start them again.
IDLE_SECONDS = 2
POLL_SECONDS = 0.2


def keep() -> None:
    life = Lock(local() / "life.lock")
    # `users._nothing_runs` may hold the lock for an instant.
    if not life.take_within(seconds=2):
        raise EmbeddedError("The embedded servers are already starting: try again.")
    (local() / "stop").unlink(missing_ok=True)
    processes = Processes(life.fd)
    try:
        _clear_sockets()
        redis.start(processes)
        postgres.start(processes)
        _report_to_starter(READY)
        _wait_until_unused(processes, life)
    finally:
        processes.stop()


def _clear_sockets() -> None:
    run = local() / "run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(mode=0o700)
    hand_over(run)


def _wait_until_unused(processes: Processes, life: Lock) -> None:
    users = Lock(local() / "users.lock")
    used_at = time.monotonic()
    while processes.all_well() and life.is_current() and not (local() / "stop").exists():
        if not users.take_within(seconds=0):
            used_at = time.monotonic()
        elif time.monotonic() - used_at > IDLE_SECONDS:
            # Keep the lock until this process ends. New users wait for it, then start a new keeper.
            return
        else:
            users.give_back()
        time.sleep(POLL_SECONDS)


def _report_to_starter(message: str) -> None:
    """Write a message to stdout and close it, because the starter reads until then."""
    os.write(sys.stdout.fileno(), message.encode())
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


if __name__ == "__main__" and os.fork() == 0:
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        keep()
    except EmbeddedError as error:
        _report_to_starter(str(error))
    except OSError as error:
        _report_to_starter(f"The embedded servers did not start: {error}.")
