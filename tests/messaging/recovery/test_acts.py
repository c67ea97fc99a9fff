from functools import partial

import pytest

from core import tenancy
from core.errors import ProblemError
from messaging.models import Feedback, RecoveryStatus, RecoveryStep
from messaging.recovery import actions
from tests.at_once import at_once
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


def steps(case: Feedback) -> list[tuple[str, str, str]]:
    with tenancy.within(case.workspace_id):
        found = RecoveryStep.objects.within(case.workspace_id).order_by("pk")
        return list(found.values_list("kind", "text", "by_name"))


def test_whoever_starts_looks_after_it_and_the_clock_stops(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        started = actions.start_case(feedback=case, by=owner)

    assert (started.status, started.assignee) == (RecoveryStatus.IN_PROGRESS, owner)
    assert started.first_action_at
    assert steps(case) == [("STARTED", "", "Ana Ruiz")]


def test_only_the_first_action_is_timed(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        noted = actions.add_case_note(feedback=case, text=" No contesta. ", by=owner)
        resolved = actions.resolve_case(feedback=case, text="Pedimos disculpas.", by=owner)

    assert resolved.first_action_at == noted.first_action_at
    assert steps(case) == [
        ("NOTE", "No contesta.", "Ana Ruiz"),
        ("RESOLVED", "Pedimos disculpas.", "Ana Ruiz"),
    ]


def test_resolved_and_opened_again(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        resolved = actions.resolve_case(feedback=case, text="Listo", by=owner)
        assert resolved.resolved_at
        again = actions.reopen_case(feedback=case, by=owner)

    assert (again.status, again.resolved_at) == (RecoveryStatus.IN_PROGRESS, None)


def test_what_somebody_else_has_done_meanwhile_is_said(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        actions.resolve_case(feedback=case, text="Listo", by=owner)
        with pytest.raises(ProblemError):
            actions.start_case(feedback=case, by=owner)


def test_nobody_is_given_a_patient_that_may_not_see_them(case: Feedback, owner: User) -> None:
    receptionist = UserFactory.create(workspace=case.workspace, role=Role.RECEPTIONIST)
    stranger = UserFactory.create(role=Role.OWNER)

    with tenancy.within(case.workspace_id):
        for user in (receptionist, stranger):
            with pytest.raises(ProblemError):
                actions.assign_case(feedback=case, to=user, by=owner)
    assert steps(case) == []


def test_to_assign_twice_to_the_same_is_one_step(case: Feedback, owner: User) -> None:
    with tenancy.within(case.workspace_id):
        actions.assign_case(feedback=case, to=owner, by=owner)
        actions.assign_case(feedback=case, to=owner, by=owner)

    assert steps(case) == [("ASSIGNED", "Ana Ruiz", "Ana Ruiz")]


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_the_same_moment_are_one_and_a_sentence(
    case: Feedback, owner: User
) -> None:
    other = UserFactory.create(workspace=case.workspace, role=Role.DOCTOR)

    def start(by: User) -> str:
        with tenancy.within(case.workspace_id):
            try:
                actions.start_case(feedback=case, by=by)
            except ProblemError:
                return "late"
        return "started"

    assert sorted(at_once(partial(start, owner), partial(start, other))) == ["late", "started"]
    assert len(steps(case)) == 1
