"""The table of permissions, and the differences that members store, in Python and as a Q."""

from itertools import product

import pytest

from tests.factories import StaffFactory, UserFactory, WorkspaceFactory
from workspaces.access import (
    NEEDS,
    OWNERS_ONLY,
    ROLES,
    Can,
    may,
    people_who_may,
    permissions_of,
    with_needed,
)
from workspaces.models import Role, User
from workspaces.permission_labels import GROUPS, LABELS


def test_every_permission_has_a_label_and_a_group() -> None:
    grouped = [permission for group in GROUPS for permission in group.permissions]

    assert set(LABELS) == set(Can)
    assert sorted(grouped) == sorted(Can)


def test_permission_that_needs_another_says_all_that_it_needs() -> None:
    for permission in Can:
        needed = with_needed([permission])
        assert with_needed(needed) == needed
    assert OWNERS_ONLY.isdisjoint(frozenset().union(*NEEDS.values()))


@pytest.mark.parametrize("role", Role)
def test_presets_include_what_they_need(role: Role) -> None:
    assert with_needed(ROLES[role]) == ROLES[role]


def test_difference_is_added_and_taken() -> None:
    user = User(role=Role.RECEPTIONIST, granted=["answer_patients"], withheld=["upload_lists"])

    assert permissions_of(user) == {Can.SEE_CAMPAIGN_NAMES, Can.ASK_ONE, Can.ANSWER_PATIENTS}


def test_preset_that_grows_reaches_a_member_with_differences() -> None:
    """Only differences are stored: what the role may, and nobody took, is allowed."""
    user = User(role=Role.DOCTOR, granted=["see_audit"], withheld=["upload_lists"])

    assert permissions_of(user) == ROLES[Role.DOCTOR] - {Can.UPLOAD_LISTS} | {Can.SEE_AUDIT}


def test_permission_that_no_longer_exists_is_ignored() -> None:
    user = User(role=Role.DOCTOR, granted=["fly"], withheld=["swim"])

    assert permissions_of(user) == ROLES[Role.DOCTOR]


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_team_cannot_be_granted_even_by_a_raw_write(role: Role) -> None:
    assert not may(User(role=role, granted=["manage_users"]), Can.MANAGE_USERS)


def test_platform_staff_may_nothing_in_a_clinic() -> None:
    assert permissions_of(User(role="", is_staff=True, granted=["see_audit"])) == frozenset()


@pytest.mark.django_db
def test_people_are_the_same_in_sql_and_in_python() -> None:
    workspace = WorkspaceFactory.create()
    some = ["answer_patients", "upload_lists", "manage_users", "see_audit"]
    nothing: list[str] = []
    differences = [(nothing, nothing)]
    differences += [([one], nothing) for one in some] + [(nothing, [one]) for one in some]
    people = [
        UserFactory.create(
            workspace=workspace, role=role, granted=granted, withheld=withheld, is_active=is_active
        )
        for role, (granted, withheld), is_active in product(Role, differences, [True, False])
    ]
    StaffFactory.create(granted=[Can.SEE_AUDIT])

    for permission in Can:
        in_sql = set(User.objects.filter(people_who_may(permission)))
        assert in_sql == {user for user in people if user.is_active and may(user, permission)}
