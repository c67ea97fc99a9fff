"""The list of the inbox: states, search, snoozes, notes and pages."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import sql, tenancy
from messaging import waiting
from messaging.inbox import conversations, listing
from messaging.inbox.search import search_conversations
from messaging.models import Conversation, ConversationNote, InboundMessage
from messaging.privacy import anonymization
from messaging.snoozing import SnoozeChoice, end_of
from patients import search
from patients.models import Patient
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db
QUITO = ZoneInfo("America/Guayaquil")


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def create_conversation(
    workspace: Workspace | None, name: str, *, text: str = "", **fields: Any
) -> Conversation:
    patient_fields = {key: fields.pop(key) for key in ("phone", "email") if key in fields}
    patient = PatientFactory.create(workspace=workspace, name=name, **patient_fields)
    if text:
        InboundMessageFactory.create(workspace=workspace, patient=patient, body=text)
    conversation: Conversation = ConversationFactory.create(
        workspace=workspace, patient=patient, **fields
    )
    return conversation


def reload(conversation: Conversation) -> Conversation:
    with tenancy.within(conversation.workspace_id):
        return Conversation.objects.select_related("patient").get(pk=conversation.pk)


def get_list(client: Client, **query: str) -> str:
    page = client.get(reverse("inbox"), query).content.decode()
    return page[page.index('id="inbox"') :]


def find_names(workspace: Workspace | None, typed: str) -> list[str]:
    assert workspace
    with tenancy.within(workspace.pk):
        rows = Conversation.objects.within(workspace)
        found = search_conversations(rows, workspace=workspace, typed=typed)
        return sorted(found.values_list("patient__name", flat=True))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoi", ["Zoila Peña"]),
        ("pena zoila", ["Zoila Peña"]),
        ("7654321", ["Zoila Peña"]),
        ("098 765 4321", ["Zoila Peña"]),
        ("zoila@example.com", ["Zoila Peña"]),
        ("parqueo", ["Rosa Vera"]),
        ("párq cubier", ["Rosa Vera"]),
        ("parqueo sabado", []),
        ("", ["Rosa Vera", "Zoila Peña"]),
        ("%", []),
    ],
)
def test_search_finds_names_phones_and_words(owner: User, typed: str, found: list[str]) -> None:
    create_conversation(
        owner.workspace, "Zoila Peña", phone="+593987654321", email="zoila@example.com"
    )
    create_conversation(
        owner.workspace, "Rosa Vera", text="¿Hay Parqueo cubierto?", phone="+593991112223"
    )

    assert find_names(owner.workspace, typed) == found


def test_search_of_a_common_name_filters_the_list(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_RARE", 2)
    for number in range(3):
        create_conversation(owner.workspace, f"Ana {number}")
    create_conversation(owner.workspace, "Rosa", text="para Ana")

    assert find_names(owner.workspace, "ana") == ["Ana 0", "Ana 1", "Ana 2", "Rosa"]


def test_search_sees_answers_notes_and_comments(owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila")
    patient = conversation.patient
    MessageFactory.create(
        workspace=owner.workspace, patient=patient, campaign=patient.campaign, type="ANSWER",
        content="Traiga la factura",
    )  # fmt: skip
    ask = MessageFactory.create(
        workspace=owner.workspace, patient=patient, campaign=patient.campaign, comment="ascensor"
    )
    FeedbackFactory.create(workspace=owner.workspace, message=ask, comment="demora")
    with tenancy.within(conversation.workspace_id):
        conversations.add_note(conversation=conversation, text="Es alérgica", by=owner)

    for word in ("factura", "ascensor", "demora", "alergica"):
        assert find_names(owner.workspace, word) == ["Zoila"], word


def test_search_finds_nothing_of_another_clinic(owner: User) -> None:
    create_conversation(WorkspaceFactory.create(), "Zoila", text="parqueo")

    assert find_names(owner.workspace, "parqueo") == find_names(owner.workspace, "zoila") == []


def test_words_of_an_anonymised_patient_are_gone(owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila", text="parqueo")
    with tenancy.within(conversation.workspace_id):
        conversations.add_note(conversation=conversation, text="Es alérgica", by=owner)
        assert sql.fetch("SELECT word FROM messaging_word")
        patient = Patient.objects.get(pk=conversation.patient_id)
        anonymization.anonymize_patients([patient], now=timezone.now())

        assert sql.fetch("SELECT word FROM messaging_word") == []
        assert not ConversationNote.objects.exists()


def test_words_are_under_row_security(owner: User) -> None:
    create_conversation(owner.workspace, "Zoila", text="parqueo")
    with tenancy.within(WorkspaceFactory.create().pk):
        assert sql.fetch("SELECT word FROM messaging_word") == []
    assert sql.fetch("SELECT word FROM messaging_word") == []


def test_lists_show_what_their_name_says(client: Client, owner: User) -> None:
    later = timezone.now() + timedelta(hours=2)
    create_conversation(owner.workspace, "Waits Here")
    create_conversation(owner.workspace, "Mine Here", assignee=owner, waiting_since=None)
    create_conversation(owner.workspace, "Aside Here", snoozed_until=later)
    create_conversation(
        owner.workspace, "Closed Here", waiting_since=None, closed_at=timezone.now()
    )

    shown = {
        state: {name for name in ("Waits", "Mine", "Aside", "Closed") if f"{name} Here" in page}
        for state in listing.STATES
        for page in [get_list(client, state=state)]
    }

    assert shown == {
        "waiting": {"Waits"},
        "mine": {"Mine"},
        "unassigned": {"Waits"},
        "held": set(),
        "snoozed": {"Aside"},
        "open": {"Waits", "Mine", "Aside"},
        "closed": {"Closed"},
        "all": {"Waits", "Mine", "Aside", "Closed"},
    }


def test_channel_narrows_the_list(client: Client, owner: User) -> None:
    create_conversation(owner.workspace, "By Phone", channel="SMS")
    create_conversation(owner.workspace, "By App", channel="WHATSAPP")

    page = get_list(client, channel="WHATSAPP")
    assert "By App" in page
    assert "By Phone" not in page


def test_queue_has_pages_in_its_order(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    now = timezone.now()
    for number in range(5):
        since = now - timedelta(hours=10 - number)
        create_conversation(owner.workspace, f"Patient {number}", waiting_since=since)

    page, names = client.get(reverse("inbox")), []
    while True:
        rows = page.context["page"]
        names += [row.patient.name for row in rows.rows]
        if not rows.older:
            break
        page = client.get(reverse("inbox") + rows.older)

    assert names == [f"Patient {number}" for number in range(5)]


def test_snoozed_patient_does_not_wait_until_the_time_comes(owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila")
    assert owner.workspace
    with tenancy.within(conversation.workspace_id):
        later = timezone.now() + timedelta(hours=1)
        conversations.snooze_conversation(conversation=conversation, until=later, by=owner)
        assert waiting.count_waiting_conversations(owner.workspace, owner) == 0

        Conversation.objects.update(snoozed_until=timezone.now())
        assert waiting.count_waiting_conversations(owner.workspace, owner) == 1


def test_answered_conversation_waits_from_the_end_of_its_snooze(owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila", waiting_since=None)
    later = timezone.now() + timedelta(hours=1)
    with tenancy.within(conversation.workspace_id):
        conversations.snooze_conversation(conversation=conversation, until=later, by=owner)
        assert reload(conversation).waiting_since == later

        conversations.snooze_conversation(conversation=conversation, until=None, by=owner)
        assert reload(conversation).waiting_since is None


def test_text_of_the_patient_ends_the_snooze_of_conversation_and_case(owner: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    conversation = create_conversation(owner.workspace, "Zoila", snoozed_until=later)
    ask = MessageFactory.create(
        workspace=owner.workspace,
        patient=conversation.patient,
        campaign=conversation.patient.campaign,
    )
    case = FeedbackFactory.create(workspace=owner.workspace, message=ask, snoozed_until=later)
    with tenancy.within(conversation.workspace_id):
        conversations.note_patient_text(
            patient_id=conversation.patient_id,
            workspace_id=conversation.workspace_id,
            at=timezone.now(),
            channel="WHATSAPP",
        )
        case.refresh_from_db()

    assert (case.snoozed_until, reload(conversation).snoozed_until) == (None, None)
    assert reload(conversation).channel == "WHATSAPP"


def test_text_that_nobody_must_answer_ends_the_wait_for_a_reminder(owner: User) -> None:
    now = timezone.now()
    conversation = create_conversation(owner.workspace, "Zoila", waiting_since=None)
    with tenancy.within(conversation.workspace_id):
        conversations.snooze_conversation(
            conversation=conversation, until=now + timedelta(days=30), by=owner
        )
        conversations.note_patient_text(
            patient_id=conversation.patient_id,
            workspace_id=conversation.workspace_id,
            at=now,
            channel="SMS",
        )

    assert reload(conversation).snoozed_until is None
    assert reload(conversation).waiting_since == now


@pytest.mark.parametrize("waiting_since", [None, timezone.now() - timedelta(hours=2)])
def test_text_leaves_the_wait_of_a_patient_as_it_is(
    owner: User, waiting_since: datetime | None
) -> None:
    conversation = create_conversation(owner.workspace, "Zoila", waiting_since=waiting_since)
    with tenancy.within(conversation.workspace_id):
        conversations.note_patient_text(
            patient_id=conversation.patient_id,
            workspace_id=conversation.workspace_id,
            at=timezone.now(),
            channel="SMS",
        )

    assert reload(conversation).waiting_since == waiting_since


def test_closing_ends_the_snooze(owner: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    conversation = reload(create_conversation(owner.workspace, "Zoila", snoozed_until=later))
    with tenancy.within(conversation.workspace_id):
        conversations.close_conversation(conversation=conversation, by=owner)

    assert reload(conversation).snoozed_until is None


def test_conversation_is_not_closed_over_an_unread_text(client: Client, owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila", waiting_since=None)
    address = reverse("inbox_close", args=[conversation.pk])
    seen = {"last_at": reload(conversation).last_at.isoformat()}
    page = client.get(reverse("inbox_conversation", args=[conversation.pk]))
    assert 'name="last_at"' in page.content.decode()
    with tenancy.within(conversation.workspace_id):
        conversations.open_conversation(patient=conversation.patient, at=timezone.now())
    shown = client.post(address, seen, follow=True).content.decode()

    assert "Something was written" in shown
    assert reload(conversation).closed_at is None

    client.post(address, {"last_at": reload(conversation).last_at.isoformat()})
    assert reload(conversation).closed_at


@pytest.mark.parametrize(
    ("choice", "end"),
    [
        (SnoozeChoice.SOON, "2026-03-06 17:30"),
        (SnoozeChoice.TOMORROW, "2026-03-07 08:00"),
        (SnoozeChoice.MONDAY, "2026-03-09 08:00"),
    ],
)
def test_snooze_ends_in_the_morning_of_the_practice(choice: SnoozeChoice, end: str) -> None:
    friday = datetime(2026, 3, 6, 14, 30, tzinfo=QUITO)

    assert end_of(choice, now=friday, zone=QUITO).strftime("%Y-%m-%d %H:%M") == end


def test_monday_on_a_monday_is_the_next_one() -> None:
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=QUITO)

    assert end_of(SnoozeChoice.MONDAY, now=monday, zone=QUITO).day == 16


def test_snooze_by_the_form_moves_the_conversation(client: Client, owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila Paz")
    client.post(reverse("inbox_snooze", args=[conversation.pk]), {"until": "tomorrow"})

    assert "Zoila Paz" not in get_list(client)
    assert "Zoila Paz" in get_list(client, state="snoozed")
    client.post(reverse("inbox_wake", args=[conversation.pk]))
    assert "Zoila Paz" in get_list(client)


@pytest.mark.parametrize("at", ["", "2020-01-01T10:00", "2999-01-01T10:00", "soon"])
def test_snooze_until_no_time_is_refused(client: Client, owner: User, at: str) -> None:
    conversation = create_conversation(owner.workspace, "Zoila Paz")
    address = reverse("inbox_snooze", args=[conversation.pk])
    response = client.post(address, {"until": "at", "at": at})

    assert response.status_code == 200
    assert reload(conversation).snoozed_until is None


def test_note_is_shown_and_never_sent(client: Client, owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila Paz")
    address = reverse("inbox_note", args=[conversation.pk])
    page = client.post(address, {"note": "Es alérgica"}, follow=True).content.decode()

    assert "Es alérgica" in page[page.index('class="thread"') :]
    with tenancy.within(conversation.workspace_id):
        assert not conversation.patient.messages.exists()


def test_conversation_can_be_given_to_nobody(client: Client, owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila Paz", assignee=owner)
    client.post(reverse("inbox_assign", args=[conversation.pk]), {"to": ""})

    assert reload(conversation).assignee is None


def test_page_has_both_panes_and_keeps_the_list(client: Client, owner: User) -> None:
    one = create_conversation(owner.workspace, "Zoila Paz", waiting_since=None)
    create_conversation(owner.workspace, "Rosa Vera", waiting_since=None)
    address = reverse("inbox_conversation", args=[one.pk])
    page = client.get(address, {"state": "open"}).content.decode()

    assert page.index("Rosa Vera") < page.index('id="talk"')
    assert f'href="{address}?state=open"' in page


def test_htmx_gets_the_pane_or_the_thread_alone(client: Client, owner: User) -> None:
    one = create_conversation(owner.workspace, "Zoila Paz")
    address = reverse("inbox_conversation", args=[one.pk])
    headers = {"HX-Request": "true"}
    pane = client.get(address, headers={**headers, "HX-Target": "talk"}).content.decode()
    thread = client.get(address, headers={**headers, "HX-Target": "thread"}).content.decode()

    assert 'id="inbox"' not in pane
    assert 'id="answer-form"' not in thread
    assert 'id="thread"' in pane
    assert 'id="thread"' in thread


def test_doctor_finds_only_own_patients(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign, name="Rosa Vera")
    InboundMessageFactory.create(workspace=owner.workspace, patient=patient, body="parqueo")
    ConversationFactory.create(workspace=owner.workspace, patient=patient)
    client.force_login(doctor)

    assert "Rosa Vera" not in get_list(client, q="parqueo")
    assert "Rosa Vera" not in get_list(client, q="rosa")


def test_changed_text_is_found_by_its_new_words_only(owner: User) -> None:
    conversation = create_conversation(owner.workspace, "Zoila", text="uno dos")
    with tenancy.within(conversation.workspace_id):
        InboundMessage.objects.update(body="dos tres")
        words = sql.fetch("SELECT word FROM messaging_word ORDER BY word")

    assert [row["word"] for row in words] == ["dos", "tres"]


def test_one_conversation_is_closed_in_the_singular(client: Client, owner: User) -> None:
    owner.language = "es"
    owner.save()
    create_conversation(owner.workspace, "Zoila Paz", waiting_since=None, closed_at=timezone.now())
    page = client.get(reverse("inbox"), {"state": "closed"}).content.decode()

    assert ">Cerradas</a>" in page
    assert '<span class="badge">Cerrada</span>' in page
