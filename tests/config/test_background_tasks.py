"""Each task has its queue, and the schedule names only tasks that exist."""

import ast
import re
from collections.abc import Iterator

import pytest
from celery import current_app

from config.background_tasks import BEAT_SCHEDULE, QUEUES, TASK_ROUTES
from config.embedded import ROOT

APPS = (
    *("billing", "campaigns", "config", "core", "insights", "integrations"),
    *("messaging", "patients", "reviews", "templates_app", "workspaces"),
)
SLOW_CALLS = ("alert_", "mail_", "send_billing", "fetch_")


def registered_tasks() -> set[str]:
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if name.split(".")[0] in APPS}


def test_every_task_has_one_queue() -> None:
    listed = [task for tasks in QUEUES.values() for task in tasks]

    assert sorted(listed) == sorted(registered_tasks())


@pytest.mark.parametrize(("queue", "task"), [(q, task) for q in QUEUES for task in QUEUES[q]])
def test_task_sent_by_name_reaches_its_queue(queue: str, task: str) -> None:
    options = current_app.amqp.router.route({}, task)

    assert options["queue"].name == queue


def test_mails_and_calls_to_other_companies_do_not_delay_planning() -> None:
    slow = {name for name in TASK_ROUTES if name.split(".")[-1].startswith(SLOW_CALLS)}

    assert len(slow) > 10
    assert slow <= set(QUEUES["external"])


def test_schedule_names_only_tasks_that_exist() -> None:
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= registered_tasks()


def test_names_of_sent_tasks_exist() -> None:
    """Most are sent by name, and a worker drops a name that it does not know."""
    assert sent_names() <= registered_tasks()


def sent_names() -> set[str]:
    texts = {text for app in APPS for text in _texts(app)}
    return {text for text in texts if re.fullmatch(r"\w+\.tasks\.\w+", text)}


def _texts(app: str) -> Iterator[str]:
    for file in (ROOT / app).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
