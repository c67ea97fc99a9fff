from functools import partial

import pytest

from core import tenancy
from core.errors import ProblemError
from messaging.models import Feedback, RecoveryStatus, RecoveryStep
from messaging.recovery import actions
from tests.concurrency import run_concurrently
from tests.factories import FeedbackFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Feedback:
    feedback: Feedback = FeedbackFactory.create()
    return feedback


@pytest.fixture
def owner(case: Feedback) -> User:
    user: User = UserFactory.create(workspace=case.workspace, role=Role.OWNER, name="Ana Ruiz")
    return user


def find_steps(case: Feedback) -> list[tuple[str, str, str]]:
    with tenancy.within(case.workspace_id):
        steps = RecoveryStep.objects.within(case.workspace_id).order_by("pk")
        return list(steps.values_list("kind", "text", "by_name"))


def test_started_case_is_assigned_and_its_first_action_timed(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        started = actions.start_case(feedback=case, by=owner)

    assert (started.status, started.assignee) == (RecoveryStatus.IN_PROGRESS, owner)
    assert started.first_action_at
    assert find_steps(case) == [("STARTED", "", "Ana Ruiz")]


def test_second_action_keeps_the_time_of_the_first(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        noted = actions.add_case_note(feedback=case, text=" No contesta. ", by=owner)
        resolved = actions.resolve_case(feedback=case, text="Pedimos disculpas.", by=owner)

    assert resolved.first_action_at == noted.first_action_at
    assert find_steps(case) == [
        ("NOTE", "No contesta.", "Ana Ruiz"),
        ("RESOLVED", "Pedimos disculpas.", "Ana Ruiz"),
    ]


def test_reopened_case_is_in_progress(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        resolved = actions.resolve_case(feedback=case, text="Listo", by=owner)
        assert resolved.resolved_at
        again = actions.reopen_case(feedback=case, by=owner)

    assert (again.status, again.resolved_at) == (RecoveryStatus.IN_PROGRESS, None)


def test_starting_a_resolved_case_is_refused(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        actions.resolve_case(feedback=case, text="Listo", by=owner)
        with pytest.raises(ProblemError):
            actions.start_case(feedback=case, by=owner)


def test_case_cannot_be_assigned_to_a_user_without_access(case: Feedback, owner: User) -> None:
    receptionist = UserFactory.create(workspace=case.workspace, role=Role.RECEPTIONIST)
    stranger = UserFactory.create(role=Role.OWNER)

    with tenancy.within(case.workspace_id):
        for user in (receptionist, stranger):
            with pytest.raises(ProblemError):
                actions.assign_case(feedback=case, to=user, by=owner)
    assert find_steps(case) == []


def test_assigning_twice_to_one_user_is_one_step(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        actions.assign_case(feedback=case, to=owner, by=owner)
        actions.assign_case(feedback=case, to=owner, by=owner)

    assert find_steps(case) == [("ASSIGNED", "Ana Ruiz", "Ana Ruiz")]


@pytest.mark.django_db(transaction=True)
def test_of_two_concurrent_starts_one_succeeds(case: Feedback, owner: User) -> None:
    other = UserFactory.create(workspace=case.workspace, role=Role.DOCTOR)

    def start(by: User) -> str:
        with tenancy.within(case.workspace_id):
            try:
                actions.start_case(feedback=case, by=by)
            except ProblemError:
                return "late"
        return "started"

    assert sorted(run_concurrently(partial(start, owner), partial(start, other))) == [
        "late",
        "started",
    ]
    assert len(find_steps(case)) == 1
