"""The list of reviews: order, filters, pages, and each review shown for what it is."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging import understanding
from reviews.models import GoogleLocation, Review
from tests.factories import (
    AttributionFactory,
    GoogleConnectionFactory,
    GoogleLocationFactory,
    PatientFactory,
    ReviewFactory,
    ReviewReplyFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    owner = UserFactory.create(role=Role.OWNER, language="en")
    client.force_login(owner)
    return owner


@pytest.fixture
def location(owner: User) -> GoogleLocation:
    return GoogleLocationFactory.create(workspace=owner.workspace, first_fetched_at=timezone.now())


def add(location: GoogleLocation, days_ago: int = 0, **values: Any) -> Review:
    at = timezone.now() - timedelta(days=days_ago, minutes=5)
    defaults = {"posted_at": at, "changed_at": at}
    return ReviewFactory.create(
        workspace=location.workspace, location=location, **defaults | values
    )


def shown(client: Client, **query: Any) -> list[str]:
    response = client.get(reverse("reviews"), query)
    return [review.comment for review in response.context["page"].rows]


def read_csv(client: Client) -> list[dict[str, str]]:
    response = client.get(reverse("reviews"), {"as": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_unanswered_reviews_come_first_then_the_newest(
    client: Client, location: GoogleLocation
) -> None:
    add(location, 1, comment="answered", published_reply="Gracias")
    add(location, 9, comment="open, old")
    add(location, 2, comment="open, new")
    add(location, 0, comment="", reviewer_name="", vanished_at=timezone.now())

    assert shown(client) == ["open, new", "open, old", "", "answered"]


def test_urgent_reviews_come_first_while_they_have_no_reply(
    client: Client, location: GoogleLocation
) -> None:
    urgent: dict[str, Any] = {"urgency": "harm", "labelled_at": timezone.now()}
    add(location, 1, comment="open")
    add(location, 2, comment="answered")
    for day in (5, 9):
        add(location, day, comment=f"urgent {day}", **urgent)
    add(location, 3, comment="urgent, answered", published_reply="Gracias", **urgent)

    assert shown(client) == ["urgent 5", "urgent 9", "open", "answered", "urgent, answered"]


def test_labels_are_shown_filtered_and_in_the_csv(
    client: Client, location: GoogleLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    add(location, 1, comment="Nada")
    add(
        location,
        comment="Esperé dos horas",
        topics=["waiting", "price"],
        urgency="leaving",
        labelled_at=timezone.now(),
    )

    page = client.get(reverse("reviews")).content.decode()
    assert '<span class="chip">Waiting time</span>' in page
    assert '<span class="badge badge-bad">Wants to leave</span>' in page
    assert shown(client, topic="price") == ["Esperé dos horas"]
    assert shown(client, topic="care") == []
    assert shown(client, topic="no") == ["Esperé dos horas", "Nada"]
    rows = [(row["Topics"], row["Urgency"]) for row in read_csv(client)]
    assert sorted(rows) == [("", ""), ("Waiting time, Price", "Wants to leave")]


def test_without_the_reader_the_page_says_nothing_of_topics(
    client: Client, location: GoogleLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    add(location, comment="Muy bien")

    page = client.get(reverse("reviews"), {"topic": "price"}).content.decode()

    assert "All topics" not in page
    assert "chip" not in page
    assert "Muy bien" in page


def test_pages_go_through_all_parts_and_back(client: Client, location: GoogleLocation) -> None:
    now = timezone.now()
    for day in range(30):
        add(location, day, comment=f"urgent {day}", urgency="legal", labelled_at=now)
        add(location, day, comment=f"open {day}")
        add(location, day, comment=f"answered {day}", published_reply="Gracias")
    parts = ("urgent", "open", "answered")
    expected = [f"{part} {day}" for part in parts for day in range(30)]
    found: list[str] = []
    pages = []
    address = reverse("reviews")

    while True:
        page = client.get(address).context["page"]
        pages.append([review.comment for review in page.rows])
        found += pages[-1]
        if not page.older:
            break
        address = reverse("reviews") + page.older

    assert found == expected
    for expected_page in reversed(pages[:-1]):
        page = client.get(reverse("reviews") + page.newer).context["page"]
        assert [review.comment for review in page.rows] == expected_page


def test_filters_narrow_the_list(client: Client, owner: User, location: GoogleLocation) -> None:
    other = GoogleLocationFactory.create(workspace=owner.workspace, connection=location.connection)
    add(location, 100, comment="La atención fue lenta", stars=2)
    add(other, 1, comment="Todo bien", stars=5)
    waiting = add(location, 2, comment="Regular", stars=3)
    ReviewReplyFactory.create(workspace=owner.workspace, review=waiting, status="AWAITING_APPROVAL")

    assert shown(client, practice=str(other.practice_id)) == ["Todo bien"]
    assert shown(client, stars="low") == ["Regular", "La atención fue lenta"]
    assert shown(client, stars="5") == ["Todo bien"]
    assert shown(client, state="approval") == ["Regular"]
    assert shown(client, state="open") == ["Todo bien", "La atención fue lenta"]
    assert shown(client, period="30") == ["Todo bien", "Regular"]
    assert shown(client, q="ATENCION lent") == ["La atención fue lenta"]
    day = timezone.localdate() - timedelta(days=100)
    own = {
        "period": "own",
        "from": str(day - timedelta(days=1)),
        "to": str(day + timedelta(days=1)),
    }
    assert shown(client, **own) == ["La atención fue lenta"]


@pytest.mark.parametrize(
    "query",
    [
        {"practice": "x", "stars": "9", "state": "?", "period": "week", "before": "2~x~y"},
        {"before": "0~no~time", "after": "1~"},
        {"q": "\0"},
        {"period": "own", "from": "2026-13-01", "to": "x"},
        {"period": "own", "from": "0001-01-01", "to": "9999-12-31"},
    ],
)
def test_nonsense_in_the_address_shows_everything(
    query: dict[str, str], client: Client, location: GoogleLocation
) -> None:
    add(location, comment="Muy bien")

    assert shown(client, **query) == ["Muy bien"]


def test_each_review_is_shown_for_what_it_is(client: Client, location: GoogleLocation) -> None:
    add(location, is_anonymous=True, reviewer_name="", comment="Sin nombre")
    add(location, comment="")
    add(location, changed_at=timezone.now(), comment="Corregido", posted_at="2026-01-01T12:00Z")
    add(location, media_count=2, comment="Con fotos")
    add(location, comment="Ótimo", translation="Great", language="pt")
    add(location, comment="", reviewer_name="", stars=1, vanished_at=timezone.now())

    page = client.get(reverse("reviews")).content.decode()

    for words in (
        "Anonymous",
        "Stars only, without words.",
        "edited on",
        "2 pictures or videos",
        '<p class="comment-words" lang="pt">Ótimo</p>',
        "Google’s translation",
        "No longer at Google",
    ):
        assert words in page


def test_htmx_gets_the_list_only(client: Client, location: GoogleLocation) -> None:
    part = client.get(reverse("reviews"), headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<div id="reviews"')


def test_csv_has_all_rows_and_no_attribution(
    client: Client, owner: User, location: GoogleLocation
) -> None:
    review = add(location, comment="Muy bien", published_reply="Gracias")
    patient = PatientFactory.create(workspace=owner.workspace, name="Zenaida Oculta")
    AttributionFactory.create(workspace=owner.workspace, review=review, patient=patient)

    rows = read_csv(client)

    assert [(row["Comment"], row["Reply at Google"]) for row in rows] == [("Muy bien", "Gracias")]
    assert "Zenaida" not in str(rows)
    assert "ikely" not in str(rows)


def test_averages_are_beside_each_other_where_they_differ(
    client: Client, location: GoogleLocation
) -> None:
    add(location, comment="Muy bien")
    with tenancy.platform("test"):
        GoogleLocation.objects.update(average_rating="4.6", review_count=120)

    page = client.get(reverse("reviews"), {"practice": str(location.practice_id)}).content.decode()

    assert "4.6 at Google, of 120 reviews" in page


def test_empty_list_says_why(client: Client, owner: User) -> None:
    assert "Google is not connected" in client.get(reverse("reviews")).content.decode()

    connection = GoogleConnectionFactory.create(workspace=owner.workspace)
    assert "No location is chosen yet" in client.get(reverse("reviews")).content.decode()

    GoogleLocationFactory.create(workspace=owner.workspace, connection=connection)
    assert "are being fetched" in client.get(reverse("reviews")).content.decode()

    with tenancy.platform("test"):
        GoogleLocation.objects.update(first_fetched_at=timezone.now())
    assert "No reviews yet" in client.get(reverse("reviews")).content.decode()
    assert (
        "No review is like that" in client.get(reverse("reviews"), {"stars": "1"}).content.decode()
    )


def test_only_owners_get_the_link_to_connect(client: Client, owner: User) -> None:
    link = f'href="{reverse("google_connection")}"'
    main = client.get(reverse("reviews"), headers={"HX-Request": "true"}).content.decode()
    assert link in main

    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR))
    part = client.get(reverse("reviews"), headers={"HX-Request": "true"}).content.decode()
    assert link not in part


def test_receptionist_does_not_see_reviews(client: Client, location: GoogleLocation) -> None:
    client.force_login(UserFactory.create(workspace=location.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse("reviews")).status_code == 403


def test_search_finds_reviews_by_words(client: Client, location: GoogleLocation) -> None:
    review = add(location, comment="La recepción fue amable")

    page = client.get(reverse("search"), {"q": "recepcion amable"}).content.decode()

    assert f'href="{reverse("review", args=[review.pk])}"' in page


def test_home_counts_what_waits(client: Client, owner: User, location: GoogleLocation) -> None:
    assert "review without a reply" not in client.get(reverse("home")).content.decode()
    add(location)
    for status in ("AWAITING_APPROVAL", "REJECTED"):
        ReviewReplyFactory.create(
            workspace=owner.workspace, review=add(location, published_reply="x"), status=status
        )

    page = client.get(reverse("home")).content.decode()

    for words in ("review without a reply", "reply waits for your approval", "reply rejected by"):
        assert words in page
    client.force_login(
        UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    )
    assert "waits for your approval" not in client.get(reverse("home")).content.decode()
