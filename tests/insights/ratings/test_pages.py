"""The list of ratings and comments: its filters, its counts, its file and its addresses."""

import csv
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.models import TextSource
from tests.factories import CampaignFactory, UserFactory
from tests.insights.topics.visits import create_visit, label
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def read_page(client: Client, **query: str | list[str]) -> str:
    return client.get(reverse("ratings"), query).content.decode()


def read_csv(client: Client, **query: str | list[str]) -> list[list[str]]:
    response = client.get(reverse("ratings"), {"as": "csv", **query})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_several_ratings_can_be_chosen(client: Client, campaign: Campaign) -> None:
    for stars in (1, 2, 3, 5):
        create_visit(campaign, YESTERDAY, rating=stars, text=f"Palabras de {stars}")
    create_visit(campaign, YESTERDAY, text="Sin nota")
    page = read_page(client, rating=["1", "5"])

    assert "Palabras de 1" in page
    assert "Palabras de 5" in page
    assert "Palabras de 2" not in page
    assert "Sin nota" not in page
    assert "2 visits, asked from" in page


def test_row_says_what_became_of_the_visit(client: Client, campaign: Campaign) -> None:
    happy = create_visit(campaign, YESTERDAY, rating=5, doctor="Dra. Paz", topics=("care",))
    sad = create_visit(campaign, YESTERDAY, rating=1, text="")
    label(sad, TextSource.FEEDBACK, text="Me trataron mal", topics=("kindness",))
    with tenancy.within(campaign.workspace_id):
        happy.patient.review_clicks = 1
        happy.patient.save()
    page = read_page(client)

    assert "Dra. Paz" in page
    assert "Medical care" in page
    assert "Went on to the review page" in page
    assert "Me trataron mal" in page
    assert "Case: Open" in page
    assert page.index("Rated 5 of 5") > 0
    assert campaign.name in page


def test_only_visits_with_words(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=5, text="Todo bien")
    with_nothing = create_visit(campaign, YESTERDAY, rating=4, text="")
    with tenancy.within(campaign.workspace_id):
        with_nothing.text_labels.all().delete()
    create_visit(campaign, YESTERDAY, text="Una pregunta")

    assert "2 visits, asked from" in read_page(client)
    page = read_page(client, shown="words")
    assert "2 visits, asked from" in page
    assert "Una pregunta" in page


def test_words_are_searched_without_accents_in_every_text(
    client: Client, campaign: Campaign
) -> None:
    create_visit(campaign, YESTERDAY, rating=2, text="El estacionamiento está lleno")
    on_form = create_visit(campaign, YESTERDAY, rating=2, text="")
    label(on_form, TextSource.FEEDBACK, text="No hay ESTACIONAMIÉNTO cerca, lleno")
    in_message = create_visit(campaign, YESTERDAY, rating=2, text="Hola")
    label(in_message, TextSource.INBOUND, text="El estacionamiento, otra vez lleno")
    command = create_visit(campaign, YESTERDAY, rating=2, text="Nada")
    label(command, TextSource.INBOUND, text="estacionamiento lleno", intent="help")
    create_visit(campaign, YESTERDAY, rating=2, text="Muy lleno")
    page = read_page(client, q="estaciónamiento LLENO")

    assert "3 visits, asked from" in page
    assert "Muy lleno" not in page
    assert read_page(client, q="100%").count('class="comment"') == 0


def test_urgent_words_can_be_chosen(client: Client, campaign: Campaign) -> None:
    urgent = create_visit(campaign, YESTERDAY, rating=1, text="Hola")
    label(urgent, TextSource.INBOUND, text="Voy a demandarlos", urgency="legal")
    create_visit(campaign, YESTERDAY, rating=1, text="Tarde")
    page = read_page(client, urgency="legal")

    assert "Voy a demandarlos" in page
    assert "Tarde" not in page


def test_topic_and_rating_together(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",), text="Una hora de espera")
    create_visit(campaign, YESTERDAY, rating=5, topics=("waiting",), text="Entré enseguida")
    create_visit(campaign, YESTERDAY, rating=2, topics=("price",), text="Muy caro")
    page = read_page(client, topic="waiting", rating=["1", "2", "3"])

    assert "Una hora de espera" in page
    assert "Entré enseguida" not in page
    assert "Muy caro" not in page


def test_counts_are_those_of_the_results(client: Client, campaign: Campaign) -> None:
    for stars in (5, 5, 4, 1):
        create_visit(campaign, YESTERDAY, rating=stars, doctor="Dra. Paz")
    create_visit(campaign, YESTERDAY, rating=1)
    query = {"period": "7", "doctor": "Dra. Paz"}
    results = client.get(reverse("results"), query).context
    counts = client.get(reverse("ratings"), query).context["counts"]

    assert counts.listed == counts.ratings.rated == results["now"].rated == 4
    assert counts.ratings.average == results["now"].average == 3.75
    assert counts.ratings.nps == results["now"].nps == 50


def test_partial_pushes_an_address_that_shows_the_same(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",), text="Una hora de espera")
    query = {"period": "90", "topic": "waiting", "rating": ["2", "1"], "channel": "SMS", "q": ""}
    part = client.get(reverse("ratings"), query, headers=HTMX)
    pushed = parse_qs(urlsplit(part["HX-Push-Url"]).query)

    assert pushed == {
        "period": ["90"],
        "topic": ["waiting"],
        "rating": ["2", "1"],
        "channel": ["SMS"],
    }
    page = client.get(part["HX-Push-Url"]).content.decode()
    assert "Una hora de espera" in page
    assert '<option value="waiting" selected' in page
    assert page.count('name="rating"') == 5
    assert page.count(" checked") == 3  # the period, and two ratings


def test_words_that_make_no_sense_are_left_out(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=4, text="Palabras")
    page = read_page(
        client,
        topic="x",
        rating="9",
        shown="x",
        urgency="x",
        weekday="8",
        hour="-1",
        q="\0",
        view="x",
    )

    assert "Palabras" in page


def test_comment_without_labels_of_the_reader_is_listed(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, text="Sin etiquetas", is_read=False)

    assert "Sin etiquetas" in read_page(client, shown="words")


def test_newest_visits_are_first_and_pages_skip_none(client: Client, campaign: Campaign) -> None:
    for hour in range(24):
        create_visit(campaign, YESTERDAY, rating=5, hour=hour, patient_name=f"Visita {hour:02}")
    for hour in range(6):
        day = YESTERDAY - timedelta(days=1)
        create_visit(campaign, day, rating=5, hour=hour, patient_name=f"Antes {hour:02}")
    first = client.get(reverse("ratings"), {"rating": "5"})
    names = [visit.ask.patient.name for visit in first.context["visits"]]
    second = client.get(reverse("ratings") + first.context["page"].older)
    names += [visit.ask.patient.name for visit in second.context["visits"]]

    assert names[:2] == ["Visita 23", "Visita 22"]
    assert len(names) == len(set(names)) == 30
    assert "rating=5" in first.context["page"].older
    assert not second.context["page"].older


def test_file_has_the_rows_of_the_page(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",), text="=Una hora")
    create_visit(campaign, YESTERDAY, rating=5, text="Bien")
    heading, row = read_csv(client, rating="2")

    assert heading[8:12] == ["Rating", "Comment", "Topics", "Urgency"]
    assert row[8:12] == ["2", "'=Una hora", "Waiting time", "Not urgent"]


def test_guesses_about_reviews_are_in_no_file(client: Client, owner: User) -> None:
    response = client.get(reverse("ratings"), {"as": "csv", "shown": "likely"})

    assert response.status_code == 409


def test_link_to_the_old_page_leads_to_the_same_rows(client: Client, owner: User) -> None:
    old = client.get(reverse("comments"), {"period": "90", "topic": "waiting", "tone": "unhappy"})
    ratings = client.get(reverse("comments"), {"shown": "ratings", "rating": "5"})

    assert old["Location"] == (
        "/results/ratings/?period=90&shown=words&rating=3&rating=2&rating=1&topic=waiting"
    )
    assert ratings["Location"] == "/results/ratings/?period=30&rating=5"


def test_empty_list_says_what_will_be_there(client: Client, campaign: Campaign) -> None:
    assert "No ratings yet" in read_page(client)
    create_visit(campaign, YESTERDAY, rating=5)

    assert "No visit is like that" in read_page(client, rating="1")


def test_doctor_and_reception(client: Client, owner: User, campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(campaign, YESTERDAY, rating=5, text="De otros")
    create_visit(own, YESTERDAY, rating=4, text="De los míos")
    create_visit(CampaignFactory.create(), YESTERDAY, rating=3, text="De otra clínica")
    client.force_login(doctor)
    page = read_page(client)

    assert "De los míos" in page
    assert "De otros" not in page
    assert "De otra clínica" not in page
    assert [row[9] for row in read_csv(client)[1:]] == ["De los míos"]

    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))
    assert client.get(reverse("ratings")).status_code == 403
