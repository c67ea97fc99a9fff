"""A published quote cannot be changed by the patient, only withdrawn."""

from contextlib import suppress

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from insights.models import Report
from insights.sharing import actions
from messaging import quotes, ratings, tasks
from messaging.models import Message, Quote
from tests.concurrency import run_concurrently
from tests.factories import (
    MessageFactory,
    PatientFactory,
    ReportFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

PRAISE = "La doctora Paz me explicó todo con calma"
SPAM = "Compre seguidores en https://evil.example"
READER = {"User-Agent": "Mozilla/5.0 (Android)", "Accept-Language": "es"}


def create_happy_ask() -> Message:
    """Create an ask with five stars and a comment that may be quoted."""
    now = timezone.now()
    workspace = WorkspaceFactory.create(plan="PROFESSIONAL")
    message: Message = MessageFactory.create(
        workspace=workspace,
        patient=PatientFactory.create(workspace=workspace, asked_at=now),
        status="REPLIED",
        rating=5,
        comment=PRAISE,
        quotable_at=now,
        sent_at=now,
        replied_at=now,
    )
    return message


@pytest.fixture
def ask() -> Message:
    return create_happy_ask()


@pytest.fixture
def owner(ask: Message) -> User:
    user: User = UserFactory.create(workspace=ask.workspace, role=Role.OWNER, language="es")
    return user


@pytest.fixture
def report(ask: Message) -> Report:
    report: Report = ReportFactory.create(
        workspace=ask.workspace, practice=ask.patient.campaign.practice
    )
    return report


@pytest.fixture
def signed_in(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def publish(ask: Message, by: User, *, seen: str = PRAISE) -> Quote:
    with tenancy.within(ask.workspace_id):
        return actions.publish_quote(message=ask, shown=quotes.fingerprint_words(seen), by=by)


def public_page(report: Report) -> str:
    page = Client().get(reverse("public_report", args=[report.token]), headers=READER)
    return page.content.decode()


def post_words(ask: Message, words: str, **more: str) -> None:
    path = reverse("patient_words", args=[ask.patient.token])
    assert Client().post(path, {"comment": words, **more}).status_code == 303


def quote_of(ask: Message) -> Quote:
    with tenancy.within(ask.workspace_id):
        return Quote.objects.get(message=ask)


def run_task_for(ask: Message) -> None:
    tasks.alert_withdrawn_quote(str(ask.workspace_id), str(ask.pk))


@pytest.mark.parametrize("permission", [{}, {"quote": "1"}], ids=["silent", "allowed again"])
def test_words_added_after_publishing_are_never_public(
    ask: Message, owner: User, report: Report, permission: dict[str, str]
) -> None:
    publish(ask, owner)
    assert PRAISE in public_page(report)

    post_words(ask, SPAM, **permission)

    page = public_page(report)
    assert "evil.example" not in page
    assert PRAISE not in page
    assert (quote_of(ask).withdrawn_because, quote_of(ask).text) == ("WORDS", "")


def test_reply_after_publishing_ends_the_permission(
    ask: Message, owner: User, report: Report
) -> None:
    publish(ask, owner)
    with tenancy.within(ask.workspace_id):
        ratings.add_comment(ask=ask, comment="la verdad fue pésimo, soy Luz Mina de Cuenca")

    assert "Luz Mina" not in public_page(report)
    with pytest.raises(ProblemError, match=r"permitido|allowed"):
        publish(ask, owner)


@pytest.mark.parametrize("rating", [1, 4])
def test_changed_rating_withdraws_the_words(
    ask: Message, owner: User, report: Report, rating: int
) -> None:
    publish(ask, owner)
    Client().post(reverse("patient_rate", args=[ask.patient.token]), {"rating": rating})

    assert PRAISE not in public_page(report)
    assert quote_of(ask).withdrawn_because == "RATING"


def test_same_rating_and_same_words_withdraw_nothing(
    ask: Message, owner: User, report: Report
) -> None:
    publish(ask, owner)
    Client().post(reverse("patient_rate", args=[ask.patient.token]), {"rating": 5})

    assert PRAISE in public_page(report)


def test_patient_can_withdraw_permission_on_the_page(
    ask: Message, owner: User, report: Report
) -> None:
    publish(ask, owner)
    path = reverse("patient_rate", args=[ask.patient.token])
    assert "Prefiero que no se muestren" in Client().get(path, headers=READER).content.decode()

    Client().post(reverse("patient_words", args=[ask.patient.token]), {"hide": "1"})

    assert PRAISE not in public_page(report)
    assert quote_of(ask).withdrawn_because == "PERMISSION"
    assert "Prefiero que no" not in Client().get(path, headers=READER).content.decode()


def test_mail_to_owner_contains_no_words_of_the_patient(ask: Message, owner: User) -> None:
    publish(ask, owner)
    post_words(ask, SPAM)
    mail.outbox.clear()
    run_task_for(ask)

    (sent,) = [sent for sent in mail.outbox if sent.to == [owner.email]]
    assert "cambió sus palabras" in sent.body
    assert reverse("sharing") in sent.body
    assert "evil.example" not in sent.body
    assert PRAISE not in sent.body


def test_change_of_unpublished_words_sends_no_mail(ask: Message, owner: User) -> None:
    post_words(ask, SPAM)
    run_task_for(ask)

    assert mail.outbox == []


def test_owner_can_publish_the_changed_words(
    ask: Message, owner: User, report: Report, signed_in: Client
) -> None:
    publish(ask, owner)
    post_words(ask, "y la recepción también, muy amables", quote="1")
    words = f"{PRAISE}\ny la recepción también, muy amables"
    page = signed_in.get(reverse("sharing")).content.decode()
    assert "El paciente cambió sus palabras." in page
    assert quotes.fingerprint_words(words) in page

    path = reverse("quote_choose", args=[ask.pk])
    signed_in.post(path, {"shown": quotes.fingerprint_words(words)})

    assert "muy amables" in public_page(report)
    assert (
        "El paciente cambió sus palabras." not in signed_in.get(reverse("sharing")).content.decode()
    )


def test_owner_can_delete_a_withdrawn_quote(ask: Message, owner: User, signed_in: Client) -> None:
    publish(ask, owner)
    post_words(ask, SPAM)
    signed_in.post(reverse("quote_withdraw", args=[quote_of(ask).pk]))

    with tenancy.within(ask.workspace_id):
        assert not Quote.objects.exists()


@pytest.mark.parametrize("shown", ["", "0" * 32, quotes.fingerprint_words(PRAISE)])
def test_publishing_unseen_words_is_refused(
    ask: Message, report: Report, signed_in: Client, shown: str
) -> None:
    post_words(ask, SPAM, quote="1")
    answer = signed_in.post(reverse("quote_choose", args=[ask.pk]), {"shown": shown}, follow=True)

    assert "cambió sus palabras hace un momento" in answer.content.decode()
    assert "evil.example" not in public_page(report)


def test_unhappy_patient_cannot_be_quoted(ask: Message, signed_in: Client) -> None:
    Client().post(reverse("patient_rate", args=[ask.patient.token]), {"rating": 1})

    answer = signed_in.post(
        reverse("quote_choose", args=[ask.pk]), {"shown": quotes.fingerprint_words(PRAISE)}
    )
    assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_publishing_while_the_patient_writes_never_shows_unseen_words() -> None:
    for _ in range(5):
        ask = create_happy_ask()
        owner = UserFactory.create(workspace=ask.workspace)
        report = ReportFactory.create(
            workspace=ask.workspace, practice=ask.patient.campaign.practice
        )

        def press(ask: Message = ask, owner: User = owner) -> None:
            with suppress(ProblemError):
                publish(ask, owner)

        run_concurrently(press, lambda ask=ask: post_words(ask, SPAM, quote="1"))  # type: ignore[misc]
        page = public_page(report)

        assert "evil.example" not in page
        assert PRAISE not in page
