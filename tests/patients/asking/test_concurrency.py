"""Two clicks, or two members, at the same moment ask one patient once."""

from collections.abc import Callable
from uuid import UUID

import pytest

from campaigns.models import Campaign
from core import tenancy
from core.errors import ProblemError
from core.ids import uuid7
from messaging.dispatch.planning import plan_messages
from patients.ask_one import Visit, ask_one
from patients.models import Patient
from tests.concurrency import run_concurrently
from tests.factories import UserFactory
from tests.messaging.world import running_campaign, shared_sender
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    shared_sender()
    return running_campaign()


def create_receptionist(campaign: Campaign) -> User:
    user: User = UserFactory.create(workspace=campaign.workspace, role=Role.RECEPTIONIST)
    return user


def ask_call(campaign: Campaign, key: UUID, by: User) -> Callable[[], str]:
    """Return a call that asks this person, and says whether that was accepted."""
    visit = Visit(
        campaign=campaign,
        name="Ana Pérez",
        phone="0991234567",
        email="",
        doctor_name="",
        channel="SMS",
        consent_words="Sí",
        at_once=True,
    )

    def ask() -> str:
        with tenancy.within(campaign.workspace_id):
            try:
                ask_one(visit=visit, key=key, by=by)
            except ProblemError:
                return "refused"
            return "accepted"

    return ask


def count_patients(campaign: Campaign) -> int:
    with tenancy.within(campaign.workspace_id):
        return Patient.objects.within(campaign.workspace_id).count()


def test_same_form_sent_three_times_at_once_asks_once(campaign: Campaign) -> None:
    key, by = uuid7(), create_receptionist(campaign)

    results = run_concurrently(*[ask_call(campaign, key, by)] * 3)

    assert results == ["accepted"] * 3
    assert count_patients(campaign) == 1


def test_two_members_who_enter_the_same_person_at_once_ask_once(campaign: Campaign) -> None:
    rosa, luis = create_receptionist(campaign), create_receptionist(campaign)

    results = run_concurrently(ask_call(campaign, uuid7(), rosa), ask_call(campaign, uuid7(), luis))

    assert sorted(results) == ["accepted", "refused"]
    assert count_patients(campaign) == 1
    assert plan_messages() == 0
