"""File locks that the kernel releases when the last process that holds them ends."""

import fcntl
import os
import time
from pathlib import Path


class Lock:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def share(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def take(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def take_within(self, *, seconds: float) -> bool:
        """Try to take the lock for some time, because others may test it for an instant."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.01)

    def give_back(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def release(self) -> None:
        os.close(self.fd)

    def is_current(self) -> bool:
        """Return whether the locked file still exists. A lock on a removed file is useless."""
        try:
            return os.path.samestat(os.fstat(self.fd), self.path.stat())
        except FileNotFoundError:
            return False
