"""A case is answered in place, put aside, and sorted by how severe it is."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from messaging import waiting
from messaging.inbox import conversations
from messaging.models import Conversation, Feedback, Message, RecoveryStatus, RecoveryStep, Urgency
from messaging.recovery import actions
from messaging.recovery.board import build_board
from messaging.recovery.severity import Severity, by_severity, severity_of
from patients.models import Patient
from templates_app.models import Channel
from tests.factories import FeedbackFactory, MessageFactory, TextLabelsFactory, UserFactory
from tests.messaging.world import shared_sender
from workspaces.models import Role, User
from workspaces.practices import workspace_time_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    shared_sender()
    user: User = UserFactory.create(language="en", role=Role.OWNER, name="Ana Ruiz")
    client.force_login(user)
    return user


def create_case(
    user: User, *, urgency: Urgency = Urgency.NONE, at: datetime | None = None, **fields: Any
) -> Feedback:
    ask = MessageFactory.create(workspace=user.workspace)
    case: Feedback = FeedbackFactory.create(
        workspace=user.workspace, message=ask, patient=ask.patient, **fields
    )
    if urgency != Urgency.NONE:
        TextLabelsFactory.create(
            workspace=user.workspace, message=ask, patient=ask.patient, urgency=urgency
        )
    if at:
        with tenancy.within(case.workspace_id):
            Feedback.objects.filter(pk=case.pk).update(created_at=at)
    return case


def send_answer(client: Client, case: Feedback, *, key: UUID | None = None, seen: int = 0) -> str:
    form = {"key": key or uuid4(), "channel": "SMS", "text": "Lo sentimos.", "seen": seen}
    address = reverse("recovery_answer", args=[case.pk])
    return client.post(address, form, follow=True).content.decode()


def reload(case: Feedback) -> Feedback:
    with tenancy.within(case.workspace_id):
        return Feedback.objects.select_related("assignee").get(pk=case.pk)


def test_answer_from_a_case_is_sent_and_takes_the_case_on(client: Client, owner: User) -> None:
    case = create_case(owner)
    page = send_answer(client, case)

    assert "Lo sentimos." in page[page.index('class="thread"') :]
    after = reload(case)
    assert (after.status, after.assignee) == (RecoveryStatus.IN_PROGRESS, owner)
    assert after.first_action_at
    with tenancy.within(case.workspace_id):
        (sent,) = Message.objects.filter(type="ANSWER")
        conversation = Conversation.objects.get(patient=case.patient_id)
        assert (sent.content, sent.written_by) == ("Lo sentimos.", "Ana Ruiz")
        assert conversation.waiting_since is None
        assert list(RecoveryStep.objects.values_list("kind", "text")) == [("ANSWERED", "SMS")]


def test_form_of_a_case_sent_twice_answers_once(client: Client, owner: User) -> None:
    case, key = create_case(owner), uuid4()
    send_answer(client, case, key=key)
    send_answer(client, case, key=key)

    with tenancy.within(case.workspace_id):
        assert Message.objects.filter(type="ANSWER").count() == 1
        assert RecoveryStep.objects.count() == 1


def test_answer_of_a_colleague_is_read_first(client: Client, owner: User) -> None:
    case = create_case(owner)
    send_answer(client, case)
    page = send_answer(client, case, seen=0)

    assert "Ana Ruiz sent an answer while you wrote yours" in page
    with tenancy.within(case.workspace_id):
        assert Message.objects.filter(type="ANSWER").count() == 1


def test_patient_who_opted_out_is_not_written_to(client: Client, owner: User) -> None:
    case = create_case(owner)
    with tenancy.within(case.workspace_id):
        case.patient.opted_out_at = timezone.now()
        case.patient.save()
    page = send_answer(client, case)

    assert "does not want messages" in page
    assert reload(case).status == RecoveryStatus.OPEN
    with tenancy.within(case.workspace_id):
        assert not Message.objects.filter(type="ANSWER").exists()


def test_whatsapp_is_closed_a_day_after_the_last_text(owner: User) -> None:
    shared_sender(Channel.WHATSAPP)
    case = create_case(owner)
    with tenancy.within(case.workspace_id), pytest.raises(ProblemError, match="24"):
        actions.answer_case(
            feedback=case, channel=Channel.WHATSAPP, text="Hola", by=owner, key=uuid4(), seen=0
        )


def test_snoozed_case_leaves_the_board_until_its_time(client: Client, owner: User) -> None:
    assert owner.workspace
    case = create_case(owner)
    client.post(reverse("recovery_snooze", args=[case.pk]), {"until": "soon"})

    board = client.get(reverse("recovery")).context["board"]
    assert (board.open_count, board.snoozed_count) == (0, 1)
    with tenancy.within(case.workspace_id):
        assert waiting.count_open_cases(owner.workspace, owner) == 0
    shown = client.get(reverse("recovery"), {"snoozed": "1"}).context["cards"]
    assert [card.case for card in shown] == [case]

    with tenancy.within(case.workspace_id):
        Feedback.objects.update(snoozed_until=timezone.now())
    assert client.get(reverse("recovery")).context["board"].open_count == 1


def test_case_is_taken_back_by_hand(client: Client, owner: User) -> None:
    case = create_case(owner, snoozed_until=timezone.now() + timedelta(days=1))
    client.post(reverse("recovery_wake", args=[case.pk]))

    assert reload(case).snoozed_until is None


def test_conversation_is_locked_before_its_case(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a text of the patient, or the two could wait for each other."""
    case = create_case(owner, snoozed_until=timezone.now() + timedelta(days=1))
    order: list[str] = []
    start, lock = conversations.find_or_start, actions._lock

    def find_or_start(*, patient: Patient) -> Conversation:
        order.append("conversation")
        return start(patient=patient)

    def lock_case(feedback: Feedback) -> Feedback:
        order.append("case")
        return lock(feedback)

    monkeypatch.setattr(conversations, "find_or_start", find_or_start)
    monkeypatch.setattr(actions, "_lock", lock_case)
    with tenancy.within(case.workspace_id):
        actions.answer_case(
            feedback=case, channel=Channel.SMS, text="Hola", by=owner, key=uuid4(), seen=None
        )

    assert order == ["conversation", "case"]


def test_resolving_ends_the_snooze(owner: User) -> None:
    case = create_case(owner, snoozed_until=timezone.now() + timedelta(days=1))
    with tenancy.within(case.workspace_id):
        actions.resolve_case(feedback=case, text="Hablamos", by=owner)

    assert reload(case).snoozed_until is None


def test_resolved_case_cannot_be_put_aside(owner: User) -> None:
    case = create_case(owner, status="RESOLVED", resolved_at=timezone.now())
    with tenancy.within(case.workspace_id), pytest.raises(ProblemError):
        actions.snooze_case(feedback=case, until=timezone.now() + timedelta(hours=1), by=owner)


def test_severity_is_the_same_in_sql_and_in_python(owner: User) -> None:
    for urgency in Urgency:
        for rating in (3, 2, 1):
            create_case(owner, urgency=urgency, rating=rating)

    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        cases = list(by_severity(Feedback.objects.all()))
        found = [list(Severity).index(severity_of(case)) for case in cases]

    assert found == sorted(found)
    assert set(found) == {0, 1, 2}
    assert [case.rating for case in cases[-3:]] == [1, 2, 3]


def test_todays_cases_come_first_and_the_most_severe_of_them(owner: User) -> None:
    assert owner.workspace
    old = timezone.now() - timedelta(days=3)
    earlier = create_case(owner, urgency=Urgency.HARM, at=old)
    mild, serious = create_case(owner, rating=3), create_case(owner, rating=1)
    urgent = create_case(owner, urgency=Urgency.LEAVING, rating=3)

    with tenancy.within(owner.workspace.pk):
        zone = workspace_time_zone(owner.workspace)
        column = build_board(Feedback.objects.all(), zone=zone).columns[0]

    assert [card.case for card in column.cards] == [urgent, serious, mild, earlier]
    assert [card.is_today for card in column.cards] == [True, True, True, False]


def test_days_have_headings_only_if_there_are_two(client: Client, owner: User) -> None:
    create_case(owner, at=timezone.now() - timedelta(days=3))
    assert "Earlier</h3>" not in client.get(reverse("recovery")).content.decode()

    create_case(owner)
    page = client.get(reverse("recovery")).content.decode()
    assert page.index("Today</h3>") < page.index("Earlier</h3>")


def test_first_step_stands_above_the_form_to_write(client: Client, owner: User) -> None:
    case = create_case(owner)
    page = client.get(reverse("recovery_case", args=[case.pk])).content.decode()

    assert page.index(reverse("recovery_start", args=[case.pk])) < page.index("write-title")


def test_thread_of_a_case_is_renewed_alone(client: Client, owner: User) -> None:
    case = create_case(owner)
    headers = {"HX-Request": "true", "HX-Target": "thread"}
    part = client.get(reverse("recovery_case", args=[case.pk]), headers=headers).content.decode()

    assert 'id="thread"' in part
    assert "<html" not in part
