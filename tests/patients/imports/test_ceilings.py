"""A list that exceeds a limit fails with a message, and other lists are read."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from campaigns.models import Campaign
from core import sql, tenancy
from patients.imports import memory, task_queue, worker
from patients.lists.problem_messages import problem_message
from patients.models import Import, ImportStatus
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory
from tests.patients.imports.lists import make_rows, reload_import, run_next_step, upload_list

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed() -> Import:
    campaign: Campaign = CampaignFactory.create()
    return upload_list(campaign, make_rows(3))


def test_allocation_beyond_the_ceiling_raises_and_the_limit_is_lifted_again() -> None:
    with pytest.raises(MemoryError), memory.at_most(64 * 1024**2):
        bytearray(256 * 1024**2)

    assert len(bytearray(256 * 1024**2)) == 256 * 1024**2


@pytest.mark.parametrize(
    ("error", "code"),
    [(SoftTimeLimitExceeded, "took_too_long"), (MemoryError, "too_much_memory")],
)
def test_step_beyond_a_limit_fails_with_a_message(
    monkeypatch: pytest.MonkeyPatch, listed: Import, error: type[Exception], code: str
) -> None:
    def exhaust(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setitem(worker.STEPS, ImportStatus.UPLOADED, exhaust)

    failed = run_next_step(listed)

    assert (failed.status, failed.problem) == (ImportStatus.FAILED, code)
    assert problem_message(failed.problem, failed.problem_details)


def test_step_killed_several_times_fails_the_import(
    monkeypatch: pytest.MonkeyPatch, listed: Import
) -> None:
    class Killed(BaseException):
        """Ends the step as SIGKILL does, without any clean-up."""

    def be_killed(*_args: object, **_options: object) -> None:
        raise Killed

    monkeypatch.setitem(worker.STEPS, ImportStatus.UPLOADED, be_killed)
    for _ in range(worker.MAX_TRIES):
        with pytest.raises(Killed):
            run_next_step(listed)

    failed = run_next_step(listed)

    assert (failed.status, failed.problem) == (ImportStatus.FAILED, "was_killed")


def test_second_list_of_a_clinic_is_queued_after_the_first(
    monkeypatch: pytest.MonkeyPatch, listed: Import
) -> None:
    second = upload_list(listed.campaign, make_rows(2, since=10), name="otra.csv")
    woken: list[object] = []
    monkeypatch.setattr(task_queue, "advance_soon", lambda **ids: woken.append(ids["import_id"]))

    with tenancy.within(listed.workspace_id):
        sql.fetch(
            "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))",
            key=f"lists of {listed.workspace_id}",
        )
        run_concurrently(lambda: run_next_step(second))
    assert reload_import(second).status == ImportStatus.UPLOADED

    run_next_step(listed)
    assert woken == [second.pk]
