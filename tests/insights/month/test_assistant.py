"""The assistant's summary of a month: ordered once, stored, and shown only to its readers."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from campaigns.models import Campaign
from core import tenancy
from dev.doubles.language_model.settings import Mode
from insights import tasks
from messaging import understanding
from messaging.assistant import consent, provider
from messaging.models import AssistantCall, AssistantSettings, AssistantSummary, Message
from messaging.privacy import anonymization
from patients.models import Patient
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import CampaignFactory, UserFactory
from tests.insights.topics.visits import create_visit
from tests.messaging.assistant.conftest import agree
from tests.messaging.world import shared_sender
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
ADDRESS = "/results/month/?month=2026-03"
WRITE, WRITTEN = "/results/month/write", "/results/month/written?month=2026-03"
BUTTON, WAITING = "Sum up with the assistant", "is writing the summary"
CHANGED = "Patients wrote mostly about the care and the waiting."
PRAISE, BLAME = "Muy amables todos y rápidos", "Esperé una hora entera de pie"


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)


@pytest.fixture
def owner(client: Client) -> User:
    shared_sender()
    user: User = UserFactory.create(language="en", role=Role.OWNER, name="Marta Cueva")
    client.force_login(user)
    return user


@pytest.fixture
def doctor(owner: User) -> User:
    user: User = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


@pytest.fixture
def visit(campaign: Campaign) -> Message:
    create_visit(campaign, DAY, rating=5, topics=("kindness",), text=PRAISE)
    return create_visit(
        campaign,
        DAY,
        rating=1,
        topics=("waiting",),
        text=f"{BLAME}. La Dra. Paz Cueva no vino, soy Zoila",
        patient_name="Zoila Vega",
        doctor="Dra. Paz Cueva",
    )


@pytest.fixture
def agreed(language_model: LanguageModel, owner: User, visit: Message) -> LanguageModel:
    """The provider, with the clinic's agreement and two visits to sum up."""
    agree(owner)
    return language_model


def press_button(client: Client) -> str:
    response = client.post(WRITE, {"month": "2026-03"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return str(response.content.decode())


def write(user: User, language: str = "en") -> None:
    """What the worker does."""
    tasks.write_month_summary(str(user.workspace_id), str(user.pk), "2026-03-01", language)


def read(client: Client, address: str = ADDRESS) -> str:
    return str(client.get(address).content.decode())


def stored(user: User) -> list[AssistantSummary]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(AssistantSummary.objects.all())


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    sent: list[Any] = []
    monkeypatch.setattr(
        "insights.month.assistant.current_app.send_task",
        lambda name, **options: sent.append((name, options["args"][2:], options["expires"])),
    )
    return sent


def test_button_is_only_there_when_it_is_on(
    client: Client, language_model: LanguageModel, owner: User, visit: Message
) -> None:
    assert BUTTON not in read(client)

    agree(owner)

    assert BUTTON in read(client)


def test_month_without_quotes_has_no_button(
    client: Client, agreed: LanguageModel, owner: User
) -> None:
    assert BUTTON not in read(client, "/results/month/?month=2026-02")


def test_two_clicks_queue_one_task(
    client: Client,
    agreed: LanguageModel,
    queued: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert WAITING in press_button(client)
        assert WAITING in press_button(client)

    assert queued == [("insights.tasks.write_month_summary", ["2026-03-01", "en"], 20)]
    assert "every 1s" in read(client)


def test_colleague_does_not_queue_a_second_task(
    client: Client,
    agreed: LanguageModel,
    owner: User,
    queued: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press_button(client)
        client.force_login(
            UserFactory.create(workspace=owner.workspace, role=Role.OWNER, language="en")
        )
        assert WAITING in press_button(client)

    assert len(queued) == 1


def test_without_javascript_the_page_comes_back(client: Client, agreed: LanguageModel) -> None:
    response = client.post(WRITE, {"month": "2026-03"}, follow=True)

    assert response.redirect_chain[0][0] == ADDRESS
    assert WAITING in response.content.decode()


def test_summary_is_stored_and_shown_beside_the_rules(
    client: Client, agreed: LanguageModel, owner: User
) -> None:
    press_button(client)
    write(owner)

    for address in (ADDRESS, ADDRESS, WRITTEN):
        page = read(client, address)
        assert CHANGED in page
        assert "A language model (double-1) wrote this on" in page
        assert "from the words of 2 visits" in page
        assert f'<blockquote class="quote quote-good">{PRAISE}</blockquote>' in page
        assert "Sum up again with the assistant" in page
        assert "every 1s" not in page
    assert "2 patients were asked; 0 in February." in read(client)
    assert len(agreed.received) == 1
    (summary,) = stored(owner)
    assert (summary.prompt, summary.model) == ("summarize_month.v1", "double-1")
    assert (summary.requested_by_name, summary.viewer_id) == ("Marta Cueva", None)


def test_again_replaces_the_summary(client: Client, agreed: LanguageModel, owner: User) -> None:
    write(owner)
    (before,) = stored(owner)
    write(owner)

    (after,) = stored(owner)
    assert after.written_at > before.written_at
    assert len(agreed.received) == 2


def test_quotes_of_the_page_are_sent_without_names_and_ids(
    agreed: LanguageModel, owner: User, visit: Message
) -> None:
    write(owner)

    sent = agreed.last_request()
    for secret in ("Zoila", "Vega", "Cueva", str(visit.pk), str(visit.patient_id)):
        assert secret not in sent
    assert BLAME in sent
    assert '\\"unhappy_visits_naming_waiting\\": 1' in sent
    (summary,) = stored(owner)
    assert visit.patient_id in summary.patient_ids


def test_doctor_and_owner_do_not_see_each_others_summary(
    client: Client, agreed: LanguageModel, owner: User, doctor: User
) -> None:
    write(owner)
    client.force_login(doctor)
    assert CHANGED not in read(client)
    assert CHANGED not in read(client, WRITTEN)

    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(own, DAY, rating=5, topics=("care",), text="Excelente explicación de todo")
    write(doctor)

    assert "Excelente explicación" in read(client, WRITTEN)
    assert BLAME not in agreed.last_request()
    assert {summary.viewer_id for summary in stored(owner)} == {None, doctor.pk}
    client.force_login(owner)
    assert "Excelente explicación" not in read(client, WRITTEN)


def test_summary_is_hidden_when_a_campaign_is_no_longer_the_doctors(
    client: Client, agreed: LanguageModel, owner: User, doctor: User
) -> None:
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(own, DAY, rating=5, topics=("care",), text="Excelente explicación de todo")
    write(doctor)
    client.force_login(doctor)
    assert CHANGED in read(client)

    with tenancy.within(own.workspace_id):
        Campaign.objects.filter(pk=own.pk).update(created_by=owner)

    assert CHANGED not in read(client)
    assert CHANGED not in read(client, WRITTEN)


def test_other_clinic_does_not_see_the_summary(
    client: Client, agreed: LanguageModel, owner: User
) -> None:
    write(owner)
    client.force_login(UserFactory.create(language="en", role=Role.OWNER))

    assert CHANGED not in read(client, WRITTEN)


def test_each_language_has_a_summary_of_its_own(
    client: Client, agreed: LanguageModel, owner: User
) -> None:
    write(owner, "es")

    assert "Los pacientes escribieron" not in read(client)
    User.objects.filter(pk=owner.pk).update(language="es")
    page = read(client)
    assert "Los pacientes escribieron" in page
    assert "Un modelo de lenguaje (double-1) escribió esto" in page


def test_summary_is_hidden_while_a_patient_is_erased(
    client: Client, agreed: LanguageModel, owner: User, visit: Message
) -> None:
    write(owner)

    def erase(at: Any) -> None:
        with tenancy.within(visit.workspace_id):
            Patient.objects.filter(pk=visit.patient_id).update(data_deleted_at=at)

    erase(timezone.now())
    assert CHANGED not in read(client)
    assert BLAME not in read(client, WRITTEN)

    erase(None)
    assert CHANGED in read(client)


def test_summary_is_deleted_when_a_patient_is_anonymized(
    agreed: LanguageModel, owner: User, visit: Message, campaign: Campaign
) -> None:
    write(owner)
    february = date(2026, 2, 10)
    create_visit(campaign, february, rating=5, topics=("care",), text="Muy buena atención siempre")
    tasks.write_month_summary(str(owner.workspace_id), str(owner.pk), "2026-02-01", "en")
    assert len(stored(owner)) == 2

    with tenancy.within(visit.workspace_id):
        patients = Patient.objects.filter(pk=visit.patient_id)
        locked = anonymization.lock_patients(patients, limit=1)
        anonymization.anonymize_patients(locked, now=timezone.now())

    assert [summary.month for summary in stored(owner)] == [date(2026, 2, 1)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something while the provider is writing."""

    def do(action: Callable[[], object]) -> None:
        ask = provider.ask

        def act_and_ask(question: Any) -> Any:
            action()
            return ask(question)

        monkeypatch.setattr(provider, "ask", act_and_ask)

    return do


def test_patient_erased_while_it_is_written_is_not_stored(
    agreed: LanguageModel,
    owner: User,
    visit: Message,
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    def erase() -> None:
        with tenancy.within(visit.workspace_id):
            Patient.objects.filter(pk=visit.patient_id).update(data_deleted_at=timezone.now())

    meanwhile(erase)
    write(owner)

    assert len(agreed.received) == 1
    assert stored(owner) == []


def test_turned_off_while_it_is_written_stores_nothing(
    client: Client,
    agreed: LanguageModel,
    owner: User,
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    def turn_off() -> None:
        assert owner.workspace
        with tenancy.within(owner.workspace.pk):
            consent.turn_off(workspace=owner.workspace, by=owner)

    meanwhile(turn_off)
    press_button(client)
    write(owner)

    assert stored(owner) == []
    assert WAITING not in read(client)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.REFUSING, "no usable answer"),
        (Mode.RAMBLING, "no usable answer"),
        (Mode.OTHER_SCHEMA, "no usable answer"),
        (Mode.INJECTED, "no usable answer"),
        (Mode.BUSY, "too slow"),
        (Mode.FAILING, "cannot be reached"),
    ],
)
def test_page_goes_on_with_the_rules_and_says_so_once(
    client: Client, agreed: LanguageModel, owner: User, mode: Mode, words: str
) -> None:
    agreed.behave(mode)
    press_button(client)
    write(owner)

    page = read(client)
    assert words in page
    assert "The page goes on with the text by fixed rules." in page
    assert "2 patients were asked; 0 in February." in page
    assert words not in read(client)
    assert BUTTON in read(client)


def test_failed_second_summary_keeps_the_first(
    client: Client, agreed: LanguageModel, owner: User
) -> None:
    write(owner)
    agreed.behave(Mode.FAILING)
    write(owner)

    page = read(client)
    assert "cannot be reached" in page
    assert CHANGED in page


def test_used_up_budget_is_said(client: Client, agreed: LanguageModel, owner: User) -> None:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        AssistantSettings.objects.update(budget_micro_usd=1)
    write(owner)

    assert "budget for this month is used up" in read(client)
    assert not agreed.received


def test_task_that_no_worker_takes_is_given_up(client: Client, agreed: LanguageModel) -> None:
    press_button(client)

    with override_settings(AI_TIMEOUT_SECONDS=-60):
        assert "too slow" in read(client, WRITTEN)
    assert BUTTON in read(client, WRITTEN)


def test_receptionist_may_not_ask(client: Client, agreed: LanguageModel, owner: User) -> None:
    receptionist = UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST)
    client.force_login(receptionist)

    assert client.post(WRITE, {"month": "2026-03"}).status_code == 403
    assert client.get(WRITTEN).status_code == 403
    write(receptionist)
    assert not agreed.received


def test_call_is_in_the_ledger_with_the_patients(agreed: LanguageModel, owner: User) -> None:
    write(owner)

    assert owner.workspace_id
    with tenancy.within(owner.workspace_id):
        (call,) = AssistantCall.objects.all()
    (summary,) = stored(owner)
    assert sorted(call.patient_ids) == summary.patient_ids
    assert call.requested_by_name == "Marta Cueva"
    assert call.created_at <= summary.written_at < call.created_at + timedelta(minutes=1)
