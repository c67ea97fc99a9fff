"""Owners suspend members, let them in again, and hand over what was in their hands."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from campaigns.handover import hand_over_campaign
from campaigns.models import Campaign
from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from messaging import doubtful_opt_outs
from messaging.alerts import alert_urgent_text
from messaging.inbox.conversations import assign_conversation
from messaging.models import Conversation, Feedback, RecoveryStep, Urgency
from tests.core.api.calling import token_of
from tests.factories import (
    ApiKeyFactory,
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    InboundAttachmentFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    TextLabelsFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.notifications import deliver_all
from workspaces import entitlements, member_rights, team
from workspaces.access import ROLES, Can
from workspaces.models import LimitName, Plan, Role, User

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
def doctor(owner: User) -> User:
    return UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, name="Dr. Ausente")


def stored(row: Any) -> Any:
    with tenancy.platform("test"):
        return type(row)._default_manager.get(pk=row.pk)


def actions_of(user: User) -> list[str]:
    assert user.workspace_id
    with tenancy.platform("test"):
        events = AuditEvent.objects.filter(workspace_id=user.workspace_id)
        return list(events.order_by("pk").values_list("action", flat=True))


def test_suspended_member_is_signed_out_and_stays_out(
    client: Client, owner: User, doctor: User
) -> None:
    theirs = Client()
    theirs.force_login(doctor)
    assert theirs.get(reverse("home")).status_code == 200

    page = client.post(reverse("member_suspend", args=[doctor.pk]), follow=True)

    assert "is suspended" in page.content.decode()
    assert theirs.get(reverse("campaigns"))["Location"].startswith(reverse("account_login"))
    assert actions_of(owner) == ["member.suspend"]
    assert "Suspended" in client.get(reverse("team")).content.decode()

    client.post(reverse("member_reinstate", args=[doctor.pk]))

    assert actions_of(owner)[-1] == "member.reinstate"
    # The session of before does not come back to life.
    assert theirs.get(reverse("campaigns"))["Location"].startswith(reverse("account_login"))
    theirs.force_login(stored(doctor))
    assert theirs.get(reverse("campaigns")).status_code == 200


def test_api_keys_stop_with_their_maker_and_come_back(client: Client, owner: User) -> None:
    other = UserFactory.create(workspace=owner.workspace)
    key = ApiKeyFactory.create(workspace=owner.workspace, made_by=other)
    headers = {"Authorization": f"Bearer {token_of(key)}"}
    assert Client(headers=headers).get("/api/v1/me/").status_code == 200

    client.post(reverse("member_suspend", args=[other.pk]))
    assert Client(headers=headers).get("/api/v1/me/").status_code == 401

    client.post(reverse("member_reinstate", args=[other.pk]))
    assert Client(headers=headers).get("/api/v1/me/").status_code == 200


def test_suspended_member_takes_no_place_and_needs_one_to_come_back() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.STARTER)  # 3 places
    owner = UserFactory.create(workspace=workspace, language="en")
    gone, *_others = UserFactory.create_batch(2, workspace=workspace, role=Role.DOCTOR)
    with tenancy.within(workspace.pk):
        team.suspend_member(workspace=workspace, member=gone, by=owner)
        assert entitlements.seats_taken(workspace) == 2
        assert entitlements.current_standing(workspace).used[LimitName.USERS] == 2

    UserFactory.create(workspace=workspace)

    with tenancy.within(workspace.pk), pytest.raises(ProblemError, match="room for 3"):
        team.reinstate_member(workspace=workspace, member=gone, by=owner)


def test_member_blocked_by_platform_staff_is_not_let_in_by_owners(
    client: Client, owner: User
) -> None:
    blocked = UserFactory.create(workspace=owner.workspace, is_active=False)

    page = client.get(reverse("member", args=[blocked.pk])).content.decode()
    response = client.post(reverse("member_reinstate", args=[blocked.pk]))

    assert "Blocked by us" in page
    assert response.status_code == 409
    assert not stored(blocked).is_active


@pytest.mark.parametrize("name", ["member_suspend", "member_remove"])
def test_work_goes_to_those_who_are_chosen(
    client: Client, owner: User, doctor: User, name: str
) -> None:
    workspace = owner.workspace
    colleague = UserFactory.create(workspace=workspace, role=Role.DOCTOR, name="Dra. Colega")
    desk = UserFactory.create(
        workspace=workspace, role=Role.RECEPTIONIST, granted=["answer_patients"], name="Rosa"
    )
    campaign = CampaignFactory.create(workspace=workspace, created_by=doctor)
    conversation = ConversationFactory.create(workspace=workspace, assignee=doctor)
    case = FeedbackFactory.create(workspace=workspace, assignee=doctor)
    address = reverse(name, args=[doctor.pk])

    page = client.get(address).content.decode()
    client.post(
        address, {"campaigns": colleague.pk, "conversations": desk.pk, "cases": colleague.pk}
    )

    assert "Who takes over 1 campaign" in page
    assert page.count(">Rosa") == 2  # not for campaigns
    assert stored(campaign).created_by == colleague
    assert stored(conversation).assignee == desk
    assert stored(case).assignee == colleague
    with tenancy.platform("test"):
        assert RecoveryStep.objects.get(feedback=case).text == "Dra. Colega"
    assert actions_of(owner)[:3] == ["campaign.hand_over", "member.conversations", "member.cases"]


def test_without_a_choice_conversations_and_cases_become_free(
    client: Client, owner: User, doctor: User
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    conversation = ConversationFactory.create(workspace=owner.workspace, assignee=doctor)
    case = FeedbackFactory.create(workspace=owner.workspace, assignee=doctor)

    client.post(reverse("member_suspend", args=[doctor.pk]))

    assert stored(conversation).assignee is None
    assert stored(case).assignee is None
    assert stored(campaign).created_by == doctor


def test_recipient_who_left_meanwhile_is_refused(owner: User, doctor: User) -> None:
    assert owner.workspace
    gone = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, is_active=False)
    stranger = UserFactory.create(role=Role.DOCTOR)
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)

    with tenancy.within(owner.workspace.pk):
        for to in (gone, stranger):
            with pytest.raises(ProblemError, match="can no longer take this over"):
                team.remove_member(
                    workspace=owner.workspace,
                    member=doctor,
                    by=owner,
                    recipients={"campaigns": to},
                )
            with pytest.raises(ProblemError, match="can no longer take this over"):
                hand_over_campaign(campaign=campaign, to=to, by=owner, seen=doctor.pk)

    assert stored(campaign).created_by == doctor


def test_nothing_is_assigned_to_a_suspended_member(owner: User, doctor: User) -> None:
    conversation = ConversationFactory.create(workspace=owner.workspace)
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        team.suspend_member(workspace=owner.workspace, member=doctor, by=owner)
        with pytest.raises(ProblemError, match="may not answer"):
            # `doctor` is still as they were before.
            assign_conversation(conversation=conversation, to=doctor, by=owner)


def test_assignee_sees_what_is_assigned_to_them(owner: User, doctor: User) -> None:
    theirs = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    conversation = ConversationFactory.create(
        workspace=owner.workspace, patient__campaign=theirs, assignee=doctor
    )
    ConversationFactory.create(workspace=owner.workspace, patient__campaign=theirs)

    with tenancy.platform("test"):
        assert list(Conversation.objects.visible_to(doctor)) == [conversation]
        assert list(Feedback.objects.visible_to(doctor)) == []


def test_assigned_conversation_opens_what_belongs_to_it(
    client: Client, owner: User, doctor: User
) -> None:
    theirs = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=theirs)
    conversation = ConversationFactory.create(
        workspace=owner.workspace, patient=patient, assignee=doctor
    )
    ask = MessageFactory.create(workspace=owner.workspace, patient=patient, campaign=theirs)
    case = FeedbackFactory.create(workspace=owner.workspace, message=ask, patient=patient)
    picture = InboundAttachmentFactory.create(
        workspace=owner.workspace,
        inbound=InboundMessageFactory.create(workspace=owner.workspace, patient=patient),
        status="STORED",
        data=b"x",
        content_type="image/jpeg",
    )
    with tenancy.within(owner.workspace_id):
        doubtful_opt_outs.hold_doubtful_text(patient=patient, senders=[])
        assert list(Feedback.objects.visible_to(doctor)) == [case]
    client.force_login(doctor)
    page = client.get(reverse("inbox_conversation", args=[conversation.pk]))

    assert client.get(reverse("inbox_attachment", args=[picture.pk])).status_code == 200
    assert reverse("patient", args=[patient.pk]) not in page.content.decode()
    assert client.get(reverse("patient", args=[patient.pk])).status_code == 404
    decided = client.post(reverse("hold_stop", args=[patient.pk]))
    assert decided.headers["Location"] == reverse("inbox_conversation", args=[conversation.pk])


def test_assignee_is_told_of_an_urgent_text(owner: User, doctor: User) -> None:
    colleague = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    theirs = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=theirs)
    ConversationFactory.create(workspace=owner.workspace, patient=patient, assignee=doctor)
    ask = MessageFactory.create(workspace=owner.workspace, patient=patient, campaign=theirs)
    labels = TextLabelsFactory.create(
        workspace=owner.workspace, message=ask, patient=patient, urgency=Urgency.EMERGENCY
    )
    alert_urgent_text(workspace_id=labels.workspace_id, labels_id=labels.pk)
    deliver_all()

    told = {address for message in mail.outbox for address in message.to}
    assert doctor.email in told
    assert colleague.email not in told


@pytest.mark.parametrize("by_role", [True, False])
def test_who_may_no_longer_answer_keeps_nothing(owner: User, doctor: User, by_role: bool) -> None:
    conversation = ConversationFactory.create(workspace=owner.workspace, assignee=doctor)
    ask = MessageFactory.create(workspace=owner.workspace)
    case = FeedbackFactory.create(
        workspace=owner.workspace, message=ask, patient=ask.patient, assignee=doctor
    )
    kept = ROLES[Role.DOCTOR] - {Can.ANSWER_PATIENTS}
    with tenancy.within(owner.workspace_id):
        member_rights.change_permissions(
            workspace=owner.workspace, member=doctor, chosen=ROLES[Role.DOCTOR], by=owner
        )
        conversation.refresh_from_db()
        assert conversation.assignee == doctor
        if by_role:
            team.change_role(
                workspace=owner.workspace, member=doctor, role=Role.RECEPTIONIST, by=owner
            )
        else:
            member_rights.change_permissions(
                workspace=owner.workspace, member=doctor, chosen=kept, by=owner
            )
        conversation.refresh_from_db()
        case.refresh_from_db()

    assert (conversation.assignee, case.assignee) == (None, None)


def test_doctor_hands_a_campaign_to_a_colleague(client: Client, doctor: User) -> None:
    colleague = UserFactory.create(workspace=doctor.workspace, role=Role.DOCTOR)
    UserFactory.create(workspace=doctor.workspace, role=Role.RECEPTIONIST, name="Rosa")
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    client.force_login(doctor)
    address = reverse("campaign_hand_over", args=[campaign.pk])

    assert "Rosa" not in client.get(address).content.decode()
    response = client.post(address, {"to": colleague.pk, "seen": doctor.pk})

    assert response["Location"] == reverse("campaigns")
    assert stored(campaign).created_by == colleague
    assert client.get(address).status_code == 404
    assert actions_of(doctor) == ["campaign.hand_over"]


def test_campaign_handed_over_meanwhile_is_not_handed_over_again(
    client: Client, owner: User, doctor: User
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    colleague = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    with tenancy.platform("test"):
        Campaign.objects.filter(pk=campaign.pk).update(created_by=owner)

    page = client.post(
        reverse("campaign_hand_over", args=[campaign.pk]),
        {"to": colleague.pk, "seen": doctor.pk},
    )

    assert "handed over a moment ago" in page.content.decode()
    assert stored(campaign).created_by == owner


def test_campaign_without_anybody_in_charge_is_given_to_oneself(
    client: Client, owner: User
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=None)

    client.post(reverse("campaign_hand_over", args=[campaign.pk]), {"to": owner.pk, "seen": ""})

    assert stored(campaign).created_by == owner
