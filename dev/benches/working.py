"""Run a real sending worker, the tasks that start it, and a sink that replaces Twilio."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread

from celery import Celery

from config.background_tasks import TASK_ROUTES

DISPATCH = "messaging.tasks.dispatch_messages"
PLAN = "messaging.tasks.plan_messages"
LABEL = "messaging.tasks.label_backlog"
LOOK_EVERY = 0.02
PATIENCE = 120


def queue_of(task: str) -> str:
    return TASK_ROUTES[task]["queue"]


SENDERS = queue_of(DISPATCH)


@contextmanager
def sink(*, latency_ms: int) -> Iterator[Mapping[str, str]]:
    """The environment that makes a worker send there."""
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "dev.doubles.twilio", "--sink", "--i-am-a-test"],
            *["--port", "0", "--latency-ms", str(latency_ms)],
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        port = process.stdout.readline().rpartition(":")[2].strip()
        yield {
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{port}",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "bench-token",
        }
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def worker(
    environment: Mapping[str, str], *options: str, queue: str = SENDERS
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker as in production, but with one process, for every side of a comparison."""
    name = f"{queue}@%h"
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "celery", "--app", "config.celery", "worker"],
            *["--queues", queue, "--concurrency", "1", "--hostname", name],
            *["--loglevel", "WARNING", *options],
        ],
        env={
            **environment,
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore:You're running the worker",
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def broker(environment: Mapping[str, str]) -> Celery:
    """Connect to the worker's broker: this process has another one."""
    url = environment["REDIS_URL"].replace("unix://", "redis+socket://")
    return Celery(broker=url.replace("?db=", "?virtual_host="), set_as_current=False)


def wake(clock: Celery, *, task: str = DISPATCH, within: float = 2.0) -> None:
    clock.send_task(task, queue=queue_of(task), expires=within)


def wake_until(done: Callable[[], bool], clock: Celery, *, every: float) -> float:
    """Return how many seconds it took."""
    wake_at = started = time.perf_counter()

    def is_done() -> bool:
        nonlocal wake_at
        if time.perf_counter() >= wake_at:
            wake(clock, within=every)
            wake_at += every
        return done()

    wait_until(is_done)
    return time.perf_counter() - started


@contextmanager
def ticking(clock: Celery, *tasks: str) -> Iterator[None]:
    """Queue the tasks every second, as Celery beat does. Without any it is the dispatch."""
    over = Event()

    def tick() -> None:
        while not over.wait(1.0):
            for task in tasks or (DISPATCH,):
                wake(clock, task=task)

    beat = Thread(target=tick)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def wait_until(done: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"The worker is not done after {patience} seconds.")
        time.sleep(LOOK_EVERY)
