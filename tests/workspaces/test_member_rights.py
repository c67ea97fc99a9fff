"""An owner gives and takes single permissions."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import Settings

from core import tenancy
from core.errors import ProblemError, RoleTooWeak
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, ConversationFactory, PatientFactory, UserFactory
from workspaces import member_rights, team
from workspaces.access import ROLES, Can, may, permissions_of
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en", name="Dra. Dueña")
    client.force_login(user)
    return user


@pytest.fixture
def receptionist(owner: User) -> User:
    return UserFactory.create(
        workspace=owner.workspace, role=Role.RECEPTIONIST, name="Rosa", language="en"
    )


def choose(client: Client, person: User, *permissions: Can) -> str:
    person.refresh_from_db()
    typed = {
        "allowed": [each.value for each in permissions],
        "seen": member_rights.rights_version(person),
    }
    page = client.post(reverse("member", args=[person.pk]), typed, follow=True)
    person.refresh_from_db()
    return page.content.decode()


def change(person: User, chosen: set[Can], *, by: User) -> None:
    assert by.workspace
    with tenancy.within(by.workspace.pk):
        member_rights.change_permissions(
            workspace=by.workspace, member=person, chosen=chosen, by=by
        )


def last_event(user: User) -> AuditEvent:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return AuditEvent.objects.latest("pk")


def test_only_the_differences_from_the_role_are_stored(
    client: Client, owner: User, receptionist: User
) -> None:
    page = choose(client, receptionist, Can.SEE_CAMPAIGN_NAMES, Can.ASK_ONE, Can.ANSWER_PATIENTS)

    assert receptionist.granted == ["answer_patients"]
    assert receptionist.withheld == ["upload_lists"]
    assert "Added" in page
    assert "Taken away" in page
    event = last_event(owner)
    assert event.action == "member.permissions"
    assert event.old == {"granted": "", "withheld": ""}
    assert event.new == {"granted": "answer_patients", "withheld": "upload_lists"}
    assert "Answer patients" in client.get(reverse("audit")).content.decode()


def test_receptionist_answers_the_inbox_from_the_next_click_on(
    client: Client, owner: User, receptionist: User
) -> None:
    theirs = Client()
    theirs.force_login(receptionist)
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign, name="Ana Paz")
    conversation = ConversationFactory.create(workspace=owner.workspace, patient=patient)
    assert theirs.get(reverse("inbox")).status_code == 403

    choose(client, receptionist, *ROLES[Role.RECEPTIONIST], Can.ANSWER_PATIENTS)

    assert "Ana Paz" in theirs.get(reverse("inbox") + "?state=open").content.decode()
    address = reverse("inbox_conversation", args=[conversation.pk])
    assert theirs.get(address).status_code == 200
    assert theirs.get(reverse("patients")).status_code == 403

    choose(client, receptionist, *ROLES[Role.RECEPTIONIST])

    assert theirs.get(address).status_code == 403


def test_what_a_permission_needs_comes_with_it(
    client: Client, owner: User, receptionist: User
) -> None:
    choose(client, receptionist, Can.MANAGE_CAMPAIGNS)

    assert may(receptionist, Can.SEE_CAMPAIGNS)
    assert may(receptionist, Can.SEE_CAMPAIGN_NAMES)


def test_member_goes_back_to_the_role(client: Client, owner: User, receptionist: User) -> None:
    choose(client, receptionist, Can.SEE_AUDIT)

    client.post(reverse("member_preset", args=[receptionist.pk]))

    receptionist.refresh_from_db()
    assert permissions_of(receptionist) == ROLES[Role.RECEPTIONIST]
    assert last_event(owner).new == {"granted": "", "withheld": ""}


def test_other_role_drops_the_differences(client: Client, owner: User, receptionist: User) -> None:
    choose(client, receptionist, Can.SEE_AUDIT)

    client.post(reverse("member_role", args=[receptionist.pk]), {"role": "DOCTOR"})

    receptionist.refresh_from_db()
    assert permissions_of(receptionist) == ROLES[Role.DOCTOR]
    assert last_event(owner).old["granted"] == "see_audit"


def test_team_is_not_offered_to_others_than_owners(
    client: Client, owner: User, receptionist: User
) -> None:
    page = choose(client, receptionist, Can.MANAGE_USERS)

    assert receptionist.granted == []
    assert "Select a valid choice" in page
    with pytest.raises(ValueError, match="manage_users"):
        change(receptionist, {Can.MANAGE_USERS}, by=owner)


def test_nobody_changes_their_own_permissions(client: Client, owner: User) -> None:
    UserFactory.create(workspace=owner.workspace)

    page = choose(client, owner, Can.MANAGE_USERS)

    assert "ask another owner" in page
    assert owner.withheld == []


def test_choice_made_on_an_old_page_is_refused(
    client: Client, owner: User, receptionist: User
) -> None:
    seen = member_rights.rights_version(receptionist)
    choose(client, receptionist, *ROLES[Role.RECEPTIONIST], Can.SEE_AUDIT)

    page = client.post(
        reverse("member", args=[receptionist.pk]),
        {"allowed": ["see_texts"], "seen": seen},
        follow=True,
    ).content.decode()

    receptionist.refresh_from_db()
    assert "Someone changed these permissions" in page
    assert receptionist.granted == ["see_audit"]


def test_manager_without_billing_cannot_get_it_by_a_detour(owner: User, settings: Settings) -> None:
    manager = UserFactory.create(workspace=owner.workspace, withheld=["manage_billing"])
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    assert owner.workspace

    change(doctor, {*ROLES[Role.DOCTOR], Can.SEE_AUDIT}, by=manager)
    with pytest.raises(ProblemError, match="more than you may"):
        change(doctor, {Can.MANAGE_BILLING}, by=manager)
    with pytest.raises(ProblemError, match="more than you may"):
        change(owner, set(), by=manager)
    with tenancy.within(owner.workspace.pk):
        for act in (team.remove_member, team.suspend_member):
            with pytest.raises(ProblemError, match="more than you may"):
                act(workspace=owner.workspace, member=owner, by=manager)
        with pytest.raises(ProblemError, match="more than you may"):
            team.change_role(workspace=owner.workspace, member=doctor, role=Role.OWNER, by=manager)
        with pytest.raises(ProblemError, match="more than you may"):
            team.invite_member(
                workspace=owner.workspace, email="x@example.com", role=Role.OWNER, by=manager
            )


def test_owner_who_lost_the_team_a_moment_ago_changes_nobody(owner: User) -> None:
    """The request still has the user as they were when it began."""
    other = UserFactory.create(workspace=owner.workspace)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    change(other, set(Can) - {Can.MANAGE_USERS}, by=owner)

    with pytest.raises(RoleTooWeak):
        change(doctor, set(), by=other)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_take_each_others_rights_leave_one() -> None:
    owner = UserFactory.create()
    other = UserFactory.create(workspace=owner.workspace)
    clients = [Client(), Client()]
    for client, user in zip(clients, (owner, other), strict=True):
        client.force_login(user)

    def take_everything(client: Client, person: User) -> int:
        typed = {"allowed": ["see_audit"], "seen": member_rights.rights_version(person)}
        return client.post(reverse("member", args=[person.pk]), typed).status_code

    statuses = run_concurrently(
        partial(take_everything, clients[0], other), partial(take_everything, clients[1], owner)
    )

    assert sorted(statuses) == [302, 403]
    assert User.objects.filter(workspace=owner.workspace, withheld=[]).count() == 1


@pytest.mark.parametrize("role", Role)
def test_page_shows_the_preset(client: Client, owner: User, role: Role) -> None:
    person = UserFactory.create(workspace=owner.workspace, role=role)

    page = client.get(reverse("member", args=[person.pk])).content.decode()

    assert page.count(" checked") == len(ROLES[role])
    assert "Back to the role" not in page
    assert ('value="manage_users"' in page) == (role == Role.OWNER)
