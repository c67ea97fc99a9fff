"""What stands in the reports, against rows that are counted by hand."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from campaigns.models import Campaign
from core import tenancy
from core.errors import ProblemError
from insights.charts.measures import AVERAGE_TICKS
from insights.month.months import Month
from insights.month.pdf.document import Document, Table
from insights.month.pdf.rendering import render_pdf
from insights.month.pdf.reports import Edition, compose_report, make_report, read_month
from messaging import understanding
from messaging.models import Message, Quote
from tests.factories import (
    CampaignFactory,
    FeedbackFactory,
    PracticeFactory,
    QuoteFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.insights.brought.cohorts import attribute, create_location, create_review
from tests.insights.month.pdf.pdf_text import read_pages, read_text
from tests.insights.topics.visits import create_visit
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

MARCH = Month(2026, 3)
DAY, DAY_BEFORE = date(2026, 3, 10), date(2026, 2, 10)
NOW = datetime(2026, 4, 15, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def owner() -> User:
    workspace = WorkspaceFactory.create(name="Clínica Norte", language="es")
    user: User = UserFactory.create(workspace=workspace, role=Role.OWNER, name="Marta Cueva")
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    practice = PracticeFactory.create(workspace=owner.workspace, country="EC", name="Sede Sur")
    created: Campaign = CampaignFactory.create(
        workspace=owner.workspace, practice=practice, created_by=owner
    )
    return created


def rate(campaign: Campaign, *ratings: int, day: date = DAY) -> list[Message]:
    return [create_visit(campaign, day, rating=rating, text="") for rating in ratings]


def compose(
    reader: User, edition: Edition = Edition.BOARD, *, month: Month = MARCH, language: str = "en"
) -> Document:
    assert reader.workspace
    with tenancy.within(reader.workspace.pk), translation.override(language):
        facts = read_month(reader.workspace, month, reader=reader)
        return compose_report(facts, edition, reader=reader)


def close_up(text: str) -> str:
    """Return the text without a space before the per cent sign, which depends on the language."""
    return re.sub(r"\s%", "%", text)


def rows_of(table: Table | None) -> list[list[str]]:
    assert table
    return [[close_up(cell) for cell in row] for row in table.rows]


def publish(ask: Message, text: str) -> Quote:
    with tenancy.within(ask.workspace_id):
        Message.objects.filter(pk=ask.pk).update(quotable_at=NOW)
    quote: Quote = QuoteFactory.create(
        workspace=ask.workspace, message=ask, text=text, allowed_at=NOW
    )
    return quote


def add_reviews(campaign: Campaign) -> None:
    """Create five reviews of March, two of them likely, and one of April."""
    location = create_location(campaign.practice, read_on=date(2026, 4, 15))
    for number, ask in enumerate(rate(campaign, 5, 5, 5, 5, 4)):
        review = create_review(location, DAY, stars=4, reviewer_name="Zoila Quimbita")
        if number < 2:
            attribute(review, ask)
    create_review(location, date(2026, 4, 2))


def reviews_of(document: Document) -> list[str]:
    return [
        sentence
        for points in document.points
        if points.heading == "Public reviews"
        for sentence in points.sentences
    ]


@pytest.mark.parametrize("edition", [Edition.BOARD, Edition.MAIL])
def test_report_counts_the_public_reviews_of_the_month(
    owner: User, campaign: Campaign, edition: Edition
) -> None:
    add_reviews(campaign)
    document = compose(owner, edition)

    assert reviews_of(document) == [
        "Google got 5 new reviews in the month, with 4.0 stars on average.",
        "2 of them probably came from your questions. This is an estimate: Google does not say who"
        " writes.",
    ]
    assert "Quimbita" not in repr(document)


def test_report_without_google_says_nothing_of_reviews(owner: User, campaign: Campaign) -> None:
    rate(campaign, 5, 5, 5, 5, 4)

    assert reviews_of(compose(owner)) == []


def test_sheet_for_the_waiting_room_says_nothing_of_reviews(
    owner: User, campaign: Campaign
) -> None:
    add_reviews(campaign)
    sheet = compose(owner, Edition.WAITING_ROOM)

    assert not sheet.points
    assert "Google" not in repr(sheet)


def test_figures_are_those_of_the_rows(owner: User, campaign: Campaign) -> None:
    rate(campaign, 5, 5, 4, 3, 1, 5)
    rate(campaign, 4, 4, 4, 4, 2, day=DAY_BEFORE)
    document = compose(owner)

    assert document.figures
    assert rows_of(document.figures) == [
        ["Questions sent", "6", "5", "+1"],
        ["Answer rate", "100%", "100%", "no clear change"],
        ["Ratings", "6", "5", "+1"],
        ["Average rating", "3.8", "3.6", "no clear change"],
        ["Happy patients (4 and 5 stars)", "67%", "80%", "no clear change"],
        ["Opened the review page", "0", "0", "+0"],
    ]
    assert (document.hero.value, document.hero.note) == (
        "3.8",
        "The average of 6 ratings. So few ratings say little.",
    )
    assert document.bars
    assert [close_up(bar.shown) for bar in document.bars.bars] == [
        "3 · 50%",
        "1 · 17%",
        "1 · 17%",
        "0 · 0%",
        "1 · 17%",
    ]
    assert [bar.before for bar in document.bars.bars] == [0, 0.8, 0, 0.2, 0]


def test_clear_change_is_called_one(owner: User, campaign: Campaign) -> None:
    rate(campaign, *[5] * 25)
    rate(campaign, *[2] * 25, day=DAY_BEFORE)
    document = compose(owner)

    assert document.figures
    changes = {row[0]: row[3] for row in document.figures.rows}
    assert changes["Average rating"] == "+3.0"
    assert changes["Happy patients (4 and 5 stars)"] == "+100 points"
    assert changes["Answer rate"] == "no clear change"
    assert document.hero.note == "The average of 25 ratings. In February it was 2.0."


def test_printed_pages_have_the_figures_in_spanish(owner: User, campaign: Campaign) -> None:
    rate(campaign, 5, 5, 4, 3, 1, 5)
    rate(campaign, 4, 4, 4, 4, 2, day=DAY_BEFORE)
    pages = read_pages(render_pdf(compose(owner, language="es")))

    assert "Clínica Norte Informe mensual Marzo de 2026 3,8 de 5" in pages[0]
    assert "Cifra Marzo de 2026 Febrero de 2026 Diferencia" in pages[1]
    assert "Calificación promedio 3,8 3,6 sin cambio claro" in pages[1]
    assert "Página 2 de 3" in pages[1]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_month_has_the_edges_of_the_practice(zone: str, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone=zone)
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    create_visit(campaign, date(2026, 3, 31), hour=23, rating=5)
    create_visit(campaign, date(2026, 4, 1), hour=0, rating=1)
    document = compose(owner)

    assert document.figures
    assert document.figures.rows[0][1] == "1"


def test_average_of_few_ratings_is_not_shown(owner: User, campaign: Campaign) -> None:
    rate(campaign, 5, 1, 5, 5)
    rate(campaign, *[4] * 6, day=DAY_BEFORE)
    document = compose(owner)

    assert (document.hero.value, document.hero.unit) == ("4", "patients rated")
    assert document.hero.stars is None
    assert document.trend is None


def test_trend_has_a_gap_where_few_rated(owner: User, campaign: Campaign) -> None:
    rate(campaign, *[4] * 5, day=date(2025, 12, 10))
    rate(campaign, *[3] * 5, day=date(2025, 1, 10))
    rate(campaign, *[1] * 4, day=date(2026, 1, 10))
    rate(campaign, *[5] * 25)
    trend = compose(owner).trend

    assert trend
    assert [(point.label, point.value, point.before) for point in trend.points] == [
        ("Dec", 4, None),
        ("Jan", None, 3),
        ("Feb", None, None),
        ("Mar", 5, None),
    ]
    assert [bool(point.low) for point in trend.points] == [
        point.value is not None for point in trend.points
    ]
    assert [value for value, _label in trend.ticks] == list(AVERAGE_TICKS)
    assert "December 2025: 4.0; January 2026: –" in trend.description


def test_board_has_topics_comments_and_what_was_done(owner: User, campaign: Campaign) -> None:
    for number in range(12):
        text = f"Muy buena atención de todos {'y todas ' * number}"
        create_visit(campaign, DAY, rating=5, topics=("care",), text=text)
        create_visit(campaign, DAY, rating=1, topics=("waiting",), text=f"Esperé mucho {text}")
    cases = rate(campaign, 1, 2)
    FeedbackFactory.create(workspace=owner.workspace, message=cases[0], rating=1)
    FeedbackFactory.create(
        workspace=owner.workspace, message=cases[1], rating=2, status="RESOLVED", resolved_at=NOW
    )
    document = compose(owner)

    praise, blame = document.voices
    assert (praise.topics, blame.topics) == ([("Medical care", "12")], [("Waiting time", "12")])
    assert (len(praise.quotes), len(blame.quotes)) == (3, 3)
    assert praise.quotes[0].source == "Rated 5 of 5"
    done = next(points for points in document.points if points.heading == "What was done")
    assert done.sentences == [
        "2 unhappy patients of the month have a case; 1 of them are resolved."
    ]
    assert "Esperé mucho" in read_text(render_pdf(document))


def test_month_without_ratings_and_topics_is_printed(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, DAY, text="", is_read=False)
    document = compose(owner)

    assert (document.bars, document.trend, document.voices) == (None, None, [])
    assert "0 patients rated" in read_text(render_pdf(document))


def test_month_without_asks_has_no_report(owner: User, campaign: Campaign) -> None:
    with pytest.raises(ProblemError, match="Nobody was asked in March 2026"):
        compose(owner)


def test_practices_are_compared_where_there_are_several(owner: User, campaign: Campaign) -> None:
    other = CampaignFactory.create(workspace=owner.workspace)
    rate(campaign, 5, 5, 5, 5, 4)
    rate(other, 1)
    table = compose(owner).practices

    assert table
    assert rows_of(table) == [
        ["Sede Sur", "5", "100%", "5", "4.8"],
        [other.practice.name, "1", "100%", "1", "–"],
    ]


def test_doctor_gets_the_own_campaigns_and_the_report_says_so(
    owner: User, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, name="Dra. Paz")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    rate(campaign, 1, 1, 1)
    rate(own, 5)
    document = compose(doctor)

    assert document.figures
    assert document.figures.rows[0][1] == "1"
    assert "Only the campaigns of Dra. Paz." in read_pages(render_pdf(document))[0]


def test_mailed_report_has_only_words_that_may_be_shown(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, DAY, rating=5, topics=("care",), text="Esto queda entre nosotros")
    (ask,) = rate(campaign, 5)
    publish(ask, "Esto lo puede leer cualquiera")
    text = read_text(render_pdf(compose(owner, Edition.MAIL)))

    assert "Esto lo puede leer cualquiera" in text
    assert "entre nosotros" not in text


def test_sheet_has_nothing_that_is_not_public(owner: User, campaign: Campaign) -> None:
    for _number in range(25):
        create_visit(
            campaign,
            DAY,
            rating=5,
            topics=("care",),
            text="Esto queda entre nosotros",
            doctor="Dra. Paz Cueva",
        )
    create_visit(campaign, DAY, rating=1, topics=("price",), text="Carísimo de verdad")
    CampaignFactory.create(workspace=owner.workspace)
    good, bad, withdrawn = rate(campaign, 5, 2, 5)
    publish(good, "Salí feliz de la consulta")
    publish(bad, "La Dra. Paz Cueva llegó tarde")
    quote = publish(withdrawn, "Ya no quiero que se vea")
    with tenancy.within(campaign.workspace_id):
        Quote.objects.filter(pk=quote.pk).update(
            text="", withdrawn_at=NOW, withdrawn_because="WORDS"
        )
    (text,) = read_pages(render_pdf(compose(owner, Edition.WAITING_ROOM)))

    assert "Lo que dicen nuestros pacientes Marzo de 2026 4,8 de 5" in text
    assert "29 pacientes calificaron su visita." in text
    assert "Lo que más elogian Atención médica" in text
    assert "Salí feliz de la consulta" in text
    for private in ("nosotros", "Carísimo", "Precio", "Paz", "Sede Sur", "quiero"):
        assert private not in text


def test_sheet_does_not_speak_for_one_patient(owner: User, campaign: Campaign) -> None:
    for number in range(20):
        topics = ("care",) if number < 4 else ()
        create_visit(campaign, DAY, rating=5, topics=topics, text="Bien")
    (voices,) = compose(owner, Edition.WAITING_ROOM).voices

    assert voices.topics == []


def test_sheet_is_refused_with_few_ratings(owner: User, campaign: Campaign) -> None:
    rate(campaign, 5, 5, 5, 5)

    with pytest.raises(ProblemError, match="menos de cinco pacientes"):
        compose(owner, Edition.WAITING_ROOM)


def test_sheet_is_refused_for_a_month_that_is_not_over(owner: User, campaign: Campaign) -> None:
    rate(campaign, *[5] * 9, day=date(2026, 4, 2))

    with pytest.raises(ProblemError, match="no ha terminado"):
        compose(owner, Edition.WAITING_ROOM, month=MARCH.next)


def test_month_that_is_not_over_is_not_compared_by_counts(owner: User, campaign: Campaign) -> None:
    rate(campaign, *[5] * 9, day=date(2026, 4, 2))
    document = compose(owner, month=MARCH.next)

    assert document.kind == "Monthly report, so far"
    assert document.figures
    assert document.figures.rows[0] == ["Questions sent", "9", "0", "–"]


@pytest.mark.parametrize(
    ("country", "size"), [("EC", b"595.2756 841.8898"), ("US", b"612 792"), ("MX", b"612 792")]
)
def test_paper_is_that_of_the_country(country: str, size: bytes, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, country=country)
    rate(CampaignFactory.create(workspace=owner.workspace, practice=practice), 5)

    assert b"/MediaBox[0 0 " + size in render_pdf(compose(owner))


def test_long_names_stay_on_the_page(owner: User, campaign: Campaign) -> None:
    name = "Ñ" * 60 + "w" * 60
    assert owner.workspace
    owner.workspace.name = name
    rate(campaign, *[5] * 6)
    pdf = render_pdf(compose(owner))

    assert name in read_pages(pdf)[0].replace(" ", "").replace("\u200b", "")


def test_file_is_named_after_month_and_clinic(
    client: Client, owner: User, campaign: Campaign
) -> None:
    rate(campaign, 5)
    assert owner.workspace
    with tenancy.within(owner.workspace.pk), translation.override("es"):
        facts = read_month(owner.workspace, MARCH, reader=owner)
        report = make_report(facts, Edition.BOARD, reader=owner)

    assert report.name == "informe-mensual-2026-03-clinica-norte.pdf"


def test_pdf_is_tagged_and_says_its_title_and_language(owner: User, campaign: Campaign) -> None:
    rate(campaign, *[5] * 6)
    pdf = render_pdf(compose(owner, language="es"))

    assert b"/Lang(es)" in pdf
    assert b"/Marked true" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"Informe mensual: Cl" in pdf
