"""Limit the memory of one step, so that a hostile file cannot exhaust the machine."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATM = Path("/proc/self/statm")


@contextmanager
def at_most(more: int) -> Iterator[None]:
    """Let this process allocate `more` bytes. Beyond them Python raises MemoryError.

    The limit is on address space, whose size Linux has in /proc. Elsewhere there is no limit.
    """
    if not STATM.exists():
        yield
        return
    in_use = int(STATM.read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = in_use + more
    if before[0] != resource.RLIM_INFINITY:
        ceiling = min(ceiling, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
