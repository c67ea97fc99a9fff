"""Do in a test what a worker would do, after the request that asked for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from celery.signals import before_task_publish
from pytest_django import DjangoCaptureOnCommitCallbacks

Order = tuple[str, list[Any]]


@contextmanager
def tasks_sent() -> Iterator[list[Order]]:
    """Collect the name and the arguments of each task that is sent meanwhile."""
    orders: list[Order] = []

    def keep(sender: str, body: Any, **_kwargs: Any) -> None:
        orders.append((sender, list(body[0])))

    before_task_publish.connect(keep, weak=False)
    try:
        yield orders
    finally:
        before_task_publish.disconnect(keep)


@contextmanager
def worker(capture: DjangoCaptureOnCommitCallbacks) -> Iterator[list[Order]]:
    """Run the tasks that are sent meanwhile, one after another, at the end."""
    with tasks_sent() as orders:
        with capture(execute=True):
            yield orders
        current_app.loader.import_default_modules()
        for name, arguments in orders:
            current_app.tasks[name](*arguments)
