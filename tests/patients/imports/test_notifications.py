"""Who is told of a list that came in or failed."""

import pytest

from core import tenancy
from patients.imports import outgoing_events
from patients.models import Import, ImportStatus
from tests.factories import CampaignFactory, ImportFactory, UserFactory
from workspaces.models import Notification, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create()
    return user


def finish(listed: Import, status: ImportStatus) -> list[User]:
    """Return who is told by mail."""
    with tenancy.within(listed.workspace_id):
        outgoing_events.enqueue_finished(listed, status=status, at=listed.created_at, rows_new=3)
        rows = Notification.objects.within(listed.workspace_id).filter(subscription=None)
        return [row.user for row in rows.select_related("user").order_by("user_id")]


def upload(owner: User, *, by: User | None, is_automatic: bool = False) -> Import:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    listed: Import = ImportFactory.create(
        workspace=owner.workspace, campaign=campaign, uploaded_by=by, is_automatic=is_automatic
    )
    return listed


def test_failed_list_is_told_to_who_uploaded_it(owner: User) -> None:
    receptionist = UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST)

    assert finish(upload(owner, by=receptionist), ImportStatus.FAILED) == [receptionist]


def test_failed_list_of_a_program_is_told_to_who_sees_it(owner: User) -> None:
    for role in (Role.DOCTOR, Role.RECEPTIONIST):
        UserFactory.create(workspace=owner.workspace, role=role)

    assert finish(upload(owner, by=None, is_automatic=True), ImportStatus.FAILED) == [owner]


@pytest.mark.parametrize("is_automatic", [True, False])
def test_list_that_came_in_is_mailed_to_nobody_at_first(owner: User, is_automatic: bool) -> None:
    listed = upload(owner, by=owner, is_automatic=is_automatic)

    assert finish(listed, ImportStatus.DONE) == []
