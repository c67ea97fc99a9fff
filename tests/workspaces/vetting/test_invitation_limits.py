"""Limits on invitations, which are mails to people who did not ask for them."""

from functools import partial

import pytest
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from tests.concurrency import run_concurrently
from tests.factories import EntitlementFactory, UserFactory, WorkspaceFactory
from workspaces import team
from workspaces.models import EntitlementSource, Invitation, Plan, Role, User, Workspace
from workspaces.vetting import limits

pytestmark = pytest.mark.django_db


def invite(user: User, email: str) -> bool:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        try:
            team.invite_member(workspace=user.workspace, email=email, role=Role.DOCTOR, by=user)
        except ProblemError:
            return False
    return True


def withdraw_all(user: User) -> None:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        for invitation in Invitation.objects.filter(revoked_at=None):
            team.withdraw_invitation(invitation=invitation, by=user)


def owner_of(plan: Plan) -> User:
    user: User = UserFactory.create(workspace=WorkspaceFactory.create(plan=plan))
    return user


def test_withdrawn_invitations_count_for_the_day() -> None:
    owner = owner_of(Plan.ENTERPRISE)
    made = 0
    for number in range(limits.INVITATIONS_A_DAY + 3):
        made += invite(owner, f"persona{number}@invitadas.example")
        withdraw_all(owner)

    assert made == limits.INVITATIONS_A_DAY


def test_untrusted_clinic_has_lower_daily_limit() -> None:
    owner = owner_of(Plan.FREE)
    EntitlementFactory.create(
        workspace=owner.workspace, plan=Plan.ENTERPRISE, source=EntitlementSource.TRIAL
    )

    made = [
        invite(owner, f"persona{number}@invitadas.example")
        for number in range(limits.INVITATIONS_A_DAY_BEFORE_TRUST + 2)
    ]

    assert sum(made) == limits.INVITATIONS_A_DAY_BEFORE_TRUST


def test_address_has_daily_limit_across_clinics() -> None:
    made = []
    for _ in range(limits.INVITATIONS_A_DAY_TO_ONE_ADDRESS + 2):
        owner = owner_of(Plan.ENTERPRISE)
        made.append(invite(owner, "Victima@Example.com"))
        withdraw_all(owner)

    assert sum(made) == limits.INVITATIONS_A_DAY_TO_ONE_ADDRESS


@pytest.mark.django_db(transaction=True)
def test_concurrent_invitations_stay_within_limit_of_address() -> None:
    owners = [owner_of(Plan.ENTERPRISE) for _ in range(5)]

    made = run_concurrently(*[partial(invite, owner, "victima@example.com") for owner in owners])

    assert sum(made) == limits.INVITATIONS_A_DAY_TO_ONE_ADDRESS


def test_open_invitations_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INVITATIONS_OPEN", 2)
    owner = owner_of(Plan.ENTERPRISE)

    made = [invite(owner, f"persona{number}@invitadas.example") for number in range(3)]

    assert made == [True, True, False]


def test_stopped_clinic_cannot_invite() -> None:
    owner = owner_of(Plan.ENTERPRISE)
    with tenancy.platform("test"):
        Workspace.objects.update(sending_stopped_at=timezone.now(), sending_stopped_because="x")

    assert not invite(owner, "persona@invitadas.example")
