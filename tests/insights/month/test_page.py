"""The month page from rows: counts by hand, time zones, tenancy, visibility and masked names."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from insights.month.facts import MonthFacts, read_facts
from insights.month.months import Month
from insights.month.summary import summarize
from messaging import understanding
from messaging.models import Feedback, TextSource
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    PracticeFactory,
    UserFactory,
)
from tests.insights.topics.visits import create_visit, label
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

MARCH = Month(2026, 3)
DAY = date(2026, 3, 10)
NOW = datetime(2026, 4, 15, 15, tzinfo=timezone.get_fixed_timezone(0))
ADDRESS = "/results/month/?month=2026-03"


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER, name="Marta Cueva")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def facts_of(user: User, month: Month = MARCH) -> MonthFacts:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return read_facts(user.workspace, month, visible_to=user, today=NOW.date(), now=NOW)


def test_facts_are_those_of_the_calendar_month(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, date(2026, 2, 28), rating=1)
    create_visit(campaign, date(2026, 3, 1), rating=5, topics=("care",))
    create_visit(campaign, date(2026, 3, 31), rating=4, topics=("care",))
    create_visit(campaign, date(2026, 4, 1), rating=1)
    facts = facts_of(owner)

    assert (facts.now.asked, facts.now.average) == (2, 4.5)
    assert (facts.before.asked, facts.before.average) == (1, 1)
    assert facts.is_over
    assert facts.topics.read.visits == facts.comments == 2
    assert facts.topics.read_before.visits == 1
    assert [practice.now.asked for practice in facts.practices] == [2]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_month_ends_at_midnight_of_the_practice(zone: str, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone=zone)
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    create_visit(campaign, date(2026, 3, 31), hour=23, rating=5, topics=("care",), text="Dentro ya")
    create_visit(campaign, date(2026, 4, 1), hour=0, rating=1, topics=("care",), text="Fuera ya")
    facts = facts_of(owner)

    assert (facts.now.asked, facts.topics.read.visits) == (1, 1)
    assert facts_of(owner, MARCH.next).now.asked == 1


def test_page_shows_sentences_quotes_and_neighbours(client: Client, campaign: Campaign) -> None:
    create_visit(
        campaign,
        DAY,
        rating=2,
        topics=("waiting",),
        text="Esperé con mi hija Camila. Soy Zoila Vega",
        patient_name="Zoila Vega",
    )
    page = client.get(ADDRESS).content.decode()

    assert "March 2026" in page
    assert "1 patient was asked; 0 in February." in page
    assert "Esperé con mi hija •••. Soy •••" in page
    assert "With 1 comment one cannot say" in page
    assert "?month=2026-02" in page
    assert "?month=2026-04" in page


def test_page_is_in_spanish_with_spanish_months(
    client: Client, owner: User, campaign: Campaign
) -> None:
    type(owner).objects.filter(pk=owner.pk).update(language="es")
    create_visit(campaign, DAY, rating=2, topics=("waiting",))
    page = client.get(ADDRESS).content.decode()

    assert "Marzo de 2026" in page
    assert "en febrero" in page
    assert "Con 1 comentario no se puede decir" in page


def test_quotes_are_pieces_of_the_words_and_name_no_patient(
    owner: User, campaign: Campaign
) -> None:
    texts = [
        "Muy mala espera, Rosa Mora me gritó y mi hijo Byron lloraba",
        "Me cobraron doble, llámeme al 0991234567 por favor",
        "Esperé una hora y la Dra. Paz Cueva pidió disculpas",
    ]
    for text in texts:
        create_visit(
            campaign,
            DAY,
            rating=1,
            topics=("waiting",),
            text=text,
            patient_name="Rosa Mora",
            doctor="Dra. Paz Cueva",
        )
    quotes = [quote.text for quote in facts_of(owner).quotes]

    assert set(quotes) == {
        "Muy mala espera, ••• me gritó y mi hijo ••• lloraba",
        "Esperé una hora y la Dra. Paz Cueva pidió disculpas",
    }
    for quote in quotes:
        assert any(all(piece in text for piece in quote.split("•••")) for text in texts)


def test_cases_of_the_month_that_are_open(owner: User, campaign: Campaign) -> None:
    def case(day: date, *, urgency: str = "none", **values: object) -> Feedback:
        ask = create_visit(campaign, day, rating=1, text="")
        label(ask, TextSource.INBOUND, urgency=urgency)
        created: Feedback = FeedbackFactory.create(
            workspace=owner.workspace, message=ask, rating=1, **values
        )
        return created

    case(DAY)
    case(DAY, urgency="harm")
    case(DAY, urgency="legal", status="RESOLVED", resolved_at=NOW)
    case(date(2026, 2, 10), urgency="harm")
    in_inbox = create_visit(campaign, DAY, text="")
    label(in_inbox, TextSource.INBOUND, urgency="emergency")
    ConversationFactory.create(workspace=owner.workspace, patient=in_inbox.patient)
    answered = create_visit(campaign, DAY, text="")
    label(answered, TextSource.INBOUND, urgency="emergency")
    ConversationFactory.create(
        workspace=owner.workspace, patient=answered.patient, waiting_since=None
    )
    cases = facts_of(owner).cases

    assert (cases.unhappy, cases.urgent) == (2, 2)
    assert cases.longest_wait is not None


def test_doctor_sees_only_the_own_campaigns(
    client: Client, owner: User, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    ask = create_visit(campaign, DAY, rating=1, topics=("price",), text="Carísimo de verdad")
    FeedbackFactory.create(workspace=owner.workspace, message=ask)
    create_visit(own, DAY, rating=5, topics=("care",), text="Muy buena atención")
    create_visit(CampaignFactory.create(), DAY, rating=1, topics=("price",), text="De otra clínica")
    facts = facts_of(doctor)

    assert (facts.now.asked, facts.cases.unhappy) == (1, 0)
    assert [quote.text for quote in facts.quotes] == ["Muy buena atención"]
    assert [line.topic for line in facts.topics.topics] == ["care"]
    client.force_login(doctor)
    assert "Carísimo" not in client.get(ADDRESS).content.decode()


def test_facts_hold_no_name_of_a_patient(owner: User, campaign: Campaign) -> None:
    """They are what a provider of summaries may be given."""
    ask = create_visit(
        campaign,
        DAY,
        rating=1,
        topics=("waiting",),
        text="Zenaida esperó una hora",
        patient_name="Zenaida Pupiales",
    )
    facts = facts_of(owner)

    assert facts.quotes
    assert "Zenaida" not in repr((facts, summarize(facts)))
    assert "Pupiales" not in repr((facts, summarize(facts)))
    assert str(ask.pk) not in repr(facts)
    assert str(ask.patient_id) not in repr(facts)


def test_receptionist_may_not_see_the_month(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse("month")).status_code == 403


def test_month_without_asks_says_so(client: Client, campaign: Campaign) -> None:
    assert "Nobody was asked in March 2026" in client.get(ADDRESS).content.decode()


def test_month_without_words_says_so(client: Client, campaign: Campaign) -> None:
    ask = create_visit(campaign, DAY, rating=5, text="")
    with tenancy.platform("test"):
        ask.text_labels.all().delete()

    assert "Nobody wrote anything" in client.get(ADDRESS).content.decode()


def test_month_without_the_reader_says_so(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    create_visit(campaign, DAY, rating=5, is_read=False)

    assert "not available on this installation" in client.get(ADDRESS).content.decode()


def test_chosen_month_is_pushed_to_the_address(client: Client, owner: User) -> None:
    part = client.get(ADDRESS, headers={"HX-Request": "true"})

    assert part["HX-Push-Url"] == ADDRESS
    assert "<html" not in part.content.decode()


def test_home_and_results_lead_to_the_month(client: Client, owner: User) -> None:
    for name in ("home", "results"):
        assert f'href="{reverse("month")}"' in client.get(reverse(name)).content.decode()


def test_number_of_queries_does_not_grow(client: Client, owner: User, campaign: Campaign) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        return len(queries)

    create_visit(campaign, DAY, rating=1, topics=("waiting",), text="Palabras suficientes")
    client.get(ADDRESS)
    few = count()
    for number in range(8):
        other = CampaignFactory.create(workspace=owner.workspace)
        ask = create_visit(
            other,
            DAY + timedelta(days=number),
            rating=1,
            topics=("price", "waiting"),
            text=f"Palabras suficientes {number}",
            doctor=f"Dr. {number}",
        )
        FeedbackFactory.create(workspace=owner.workspace, message=ask)

    assert count() == few <= 28
