"""The parent of both servers, which stops them when nobody uses them any more.

`python -m config.embedded.keeper`, started by the first user. When a server dies it stops the other
and ends: the next user starts afresh, so there is one way of healing.
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

# Commands typed one after the other find the servers running.
LINGER = 2
LOOK = 0.2


def keep() -> None:
    life = Lock(local() / "life.lock")
    # Somebody may be looking at it for an instant.
    if not life.take_within(seconds=2):
        raise EmbeddedError("The embedded servers are already starting: try again.")
    (local() / "stop").unlink(missing_ok=True)
    processes = Processes(life.fd)
    try:
        _clear_sockets()
        redis.start(processes)
        postgres.start(processes)
        _tell_starter(READY)
        _until_unused(processes, life)
    finally:
        processes.stop()


def _clear_sockets() -> None:
    run = local() / "run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(mode=0o700)
    hand_over(run)


def _until_unused(processes: Processes, life: Lock) -> None:
    users = Lock(local() / "users.lock")
    used_at = time.monotonic()
    while processes.all_well() and life.is_current() and not (local() / "stop").exists():
        if not users.take_within(seconds=0):
            used_at = time.monotonic()
        elif time.monotonic() - used_at > LINGER:
            # Kept until this process ends: whoever comes now waits, then starts another keeper.
            return
        else:
            users.give_back()
        time.sleep(LOOK)


def _tell_starter(word: str) -> None:
    """It reads until we close."""
    os.write(sys.stdout.fileno(), word.encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__" and os.fork() == 0:
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        keep()
    except EmbeddedError as error:
        _tell_starter(str(error))
    except OSError as error:
        _tell_starter(f"The embedded servers did not start: {error}.")
