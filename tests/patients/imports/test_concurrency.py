"""Two workers or two people at the same moment, and a worker that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from campaigns.models import Campaign, CampaignStatus
from config.embedded import ROOT
from config.embedded.processes import ending_with_parent
from core import sql, tenancy
from core.errors import ProblemError
from core.locks import Lock
from messaging.dispatch.planning import plan_messages
from patients.imports import progress, task_queue, undo, upload, worker
from patients.models import Import, ImportStatus
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory
from tests.messaging.world import running_campaign
from tests.patients.imports.lists import (
    check_list,
    confirm_list,
    get_patients,
    import_list,
    make_row,
    make_rows,
    reload_import,
    run_next_step,
    upload_list,
    uploader_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def make_confirmed_import(campaign: Campaign, rows: list[list[str]]) -> Import:
    return confirm_list(check_list(upload_list(campaign, rows)))


def advance_call(listed: Import) -> Callable[[], None]:
    return lambda: worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)


def test_list_run_by_two_workers_is_imported_once(campaign: Campaign) -> None:
    listed = make_confirmed_import(campaign, make_rows(3_000))
    run_concurrently(*[advance_call(listed)] * 3)
    listed = reload_import(listed)

    assert (listed.status, listed.rows_new) == (ImportStatus.DONE, 3_000)
    assert len(get_patients(campaign)) == 3_000


@pytest.mark.parametrize("turned", [False, True], ids=["same order", "opposite order"])
def test_same_people_in_two_simultaneous_lists_are_saved_once(
    turned: bool, campaign: Campaign
) -> None:
    rows = make_rows(3_000)
    lists = [
        make_confirmed_import(campaign, rows),
        make_confirmed_import(campaign, rows[::-1] if turned else rows),
    ]
    run_concurrently(*map(advance_call, lists))
    # One list of a clinic is read at a time, so the other one may still wait for its turn.
    lists = [run_next_step(listed) for listed in lists]

    assert {listed.status for listed in lists} == {ImportStatus.DONE}
    assert sum(listed.rows_new for listed in lists) == 3_000
    assert sum(listed.rows_known for listed in lists) == 3_000
    assert len(get_patients(campaign)) == 3_000


def test_list_cancelled_during_its_run_is_either_cancelled_or_done(campaign: Campaign) -> None:
    listed = make_confirmed_import(campaign, make_rows(3_000))

    def call_off() -> None:
        time.sleep(0.15)
        with tenancy.within(listed.workspace_id):
            try:
                upload.cancel(listed=reload_import(listed), by=uploader_of(listed))
            except ProblemError:
                return

    run_concurrently(advance_call(listed), call_off)
    now = reload_import(listed)

    assert now.status in (ImportStatus.DONE, ImportStatus.CANCELLED)
    assert len(get_patients(campaign)) == (3_000 if now.status == ImportStatus.DONE else 0)


def test_list_taken_back_while_planner_runs_is_either_taken_back_or_asked() -> None:
    for _ in range(5):
        campaign = running_campaign(scheduled_hours_after=0)
        listed = import_list(campaign, make_rows(50))

        def take_back(listed: Import = listed) -> int:
            with tenancy.within(listed.workspace_id):
                try:
                    return undo.take_back(listed=listed, by=uploader_of(listed))
                except ProblemError:
                    return 0

        gone, asked = run_concurrently(take_back, plan_messages)

        assert (gone, asked) in [(50, 0), (0, 50)]
        left = get_patients(campaign)
        assert len(left) == 50 - gone
        assert all(patient.asked_at for patient in left)


def test_import_without_worker_is_queued_again(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [upload_list(campaign, make_rows(1)), make_confirmed_import(campaign, make_rows(1))]
    check_list(upload_list(campaign, make_rows(1)))
    woken: list[object] = []
    monkeypatch.setattr(task_queue, "advance_soon", lambda **ids: woken.append(ids["import_id"]))

    assert worker.wake_stranded() == 2
    assert set(woken) == {listed.pk for listed in waiting}


def test_import_with_worker_is_not_queued_again(campaign: Campaign) -> None:
    listed = upload_list(campaign, make_rows(1))

    def hold_and_look() -> int:
        with tenancy.within(listed.workspace_id):
            assert sql.try_advisory_lock(Lock.IMPORT.of(listed.pk))
            (found,) = run_concurrently(worker.wake_stranded)
            return found

    assert hold_and_look() == 0
    assert worker.wake_stranded() == 1


WORKER = """
import sys, uuid
import django; django.setup()
from patients.imports import worker
workspace, listed = map(uuid.UUID, sys.argv[1:])
worker.advance(workspace_id=workspace, import_id=listed)
"""


def test_killed_worker_loses_and_duplicates_no_patient(campaign: Campaign) -> None:
    rows = [*make_rows(8_000), make_row("Galo", "099")]
    listed = make_confirmed_import(campaign, rows)
    started = start_worker(listed)
    wait_until(lambda: (told := progress.load(listed)) is not None and told.read > 1_500)
    os.kill(started.pid, signal.SIGKILL)

    assert started.wait() == -signal.SIGKILL
    assert reload_import(listed).status == ImportStatus.RUNNING
    assert get_patients(campaign) == []

    wait_until(lambda: worker.wake_stranded() == 1)
    listed = run_next_step(listed)
    assert (listed.status, listed.rows_new, listed.rows_refused) == (ImportStatus.DONE, 8_000, 1)
    assert len(get_patients(campaign)) == 8_000


def start_worker(listed: Import) -> "subprocess.Popen[bytes]":
    """Start a worker process that uses the database, cache and folder of this test."""
    name = settings.DATABASES["default"]["NAME"]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(listed.workspace_id), str(listed.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": settings.DATABASE_URL.replace("/reputation?", f"/{name}?"),
            "REDIS_URL": settings.CACHES["default"]["LOCATION"],
            "UPLOADS_DIR": str(Path(default_storage.path(""))),
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": settings.SITE_URL,
            "ALLOWED_HOSTS": "localhost",
            "LOG_LEVEL": "ERROR",
        },
        preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one thread
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
