"""Collect the Celery tasks that a test sends, and run them as a worker would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from celery.signals import before_task_publish
from pytest_django import DjangoCaptureOnCommitCallbacks

SentTask = tuple[str, list[Any]]


@contextmanager
def collect_sent_tasks() -> Iterator[list[SentTask]]:
    """Collect the name and arguments of each task that is sent inside the `with` block."""
    sent: list[SentTask] = []

    def remember(sender: str, body: Any, **_kwargs: Any) -> None:
        sent.append((sender, list(body[0])))

    before_task_publish.connect(remember, weak=False)
    try:
        yield sent
    finally:
        before_task_publish.disconnect(remember)


@contextmanager
def run_sent_tasks(capture: DjangoCaptureOnCommitCallbacks) -> Iterator[list[SentTask]]:
    """Run the tasks that are sent inside the `with` block, one after another, at its end."""
    with collect_sent_tasks() as sent:
        with capture(execute=True):
            yield sent
        current_app.loader.import_default_modules()
        for name, arguments in sent:
            current_app.tasks[name](*arguments)
