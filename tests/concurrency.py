"""Run several calls at the same moment, each in its own thread on its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def run_concurrently(*calls: Callable[[], T]) -> list[T]:
    """Start all calls together. Return their results in the order of the arguments."""
    ready = Barrier(len(calls), timeout=10)

    def run(call: Callable[[], T]) -> T:
        try:
            ready.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
