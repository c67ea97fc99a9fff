import re
from html import unescape
from urllib.parse import parse_qs, unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core import tenancy
from insights.models import Desk, DeskRating
from insights.sharing.public_views import MAX_DESK_POSTS_AN_HOUR
from messaging import limits
from messaging.patient_texts.pages import PAGE_TEXTS
from tests.factories import BrandFactory, DeskFactory, PracticeFactory, UserFactory
from workspaces.models import Role

pytestmark = pytest.mark.django_db

READER = {"Accept-Language": "es"}


@pytest.fixture
def desk() -> Desk:
    desk: Desk = DeskFactory.create(
        practice__name="Consultorio Norte", practice__google_place_id="ChIJplace"
    )
    return desk


def saved_ratings(desk: Desk) -> list[tuple[int, str]]:
    with tenancy.within(desk.workspace_id):
        return list(desk.ratings.order_by("pk").values_list("rating", "comment"))


def post_rating(desk: Desk, rating: object) -> str:
    answer = Client().post(reverse("desk", args=[desk.token]), {"rating": rating})
    assert answer.status_code == 303
    return answer["Location"]


def test_opening_the_star_page_saves_nothing(desk: Desk) -> None:
    page = Client().get(reverse("desk", args=[desk.token]), headers=READER)

    assert "Consultorio Norte" in page.content.decode()
    assert saved_ratings(desk) == []


def test_only_the_first_comment_is_saved(desk: Desk) -> None:
    thanks = post_rating(desk, 5)
    assert "Todo" not in Client().get(thanks, headers=READER).content.decode()

    Client().post(thanks, {"comment": "Todo rápido"})
    Client().post(thanks, {"comment": "Otra vez"})
    assert saved_ratings(desk) == [(5, "Todo rápido")]


def test_posts_are_limited_across_ip_addresses(
    desk: Desk,
) -> None:
    limits.count_recent(f"posts:{desk.token}", seconds=60)
    cache.incr(f"posts:{desk.token}", MAX_DESK_POSTS_AN_HOUR - 2)
    path = reverse("desk", args=[desk.token])

    answers = [
        Client().post(path, {"rating": 1}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(2)
    ]
    assert answers == [303, 429]
    assert len(saved_ratings(desk)) == 1


@pytest.mark.parametrize("rating", ["", "0", "6", "cinco", "5.5", "9" * 400])
def test_invalid_rating_is_refused(rating: str, desk: Desk) -> None:
    answer = Client().post(reverse("desk", args=[desk.token]), {"rating": rating})

    assert answer.status_code == 400
    assert saved_ratings(desk) == []


def test_comment_with_a_wrong_key_or_desk_is_refused(desk: Desk) -> None:
    thanks = post_rating(desk, 1)
    other = DeskFactory.create()

    for path in (thanks.replace(desk.token, other.token), thanks[:-2] + "xx", thanks[:-3] + "%00"):
        assert Client().post(path, {"comment": "x"}).status_code == 404
    assert saved_ratings(desk) == [(1, "")]


def test_thanks_page_offers_messengers_and_no_link_to_google(desk: Desk) -> None:
    page = Client().get(post_rating(desk, 5), headers=READER).content.decode()

    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    offered = [link for link in links if "ChIJplace" in unquote(link)]
    assert [link.split("?")[0] for link in offered] == ["https://wa.me/", "sms:", "mailto:"]
    # The links name no receiver, so the visitor chooses one.
    assert not [link for link in links if "google.com" in link.split("?")[0]]
    body = parse_qs(offered[2].split("?")[1])["body"][0]
    assert body.endswith("https://search.google.com/local/writereview?placeid=ChIJplace")
    assert "Consultorio Norte" in body


def test_unhappy_visitors_are_invited_unless_the_clinic_excludes_them(desk: Desk) -> None:
    assert "wa.me" in Client().get(post_rating(desk, 1)).content.decode()

    with tenancy.within(desk.workspace_id):
        desk.workspace.review_invites = "happy_only"
        desk.workspace.save()
    assert "wa.me" not in Client().get(post_rating(desk, 1)).content.decode()
    assert "wa.me" in Client().get(post_rating(desk, 5)).content.decode()


def test_code_and_poster_use_the_same_desk(client: Client) -> None:
    practice = PracticeFactory.create()
    client.force_login(UserFactory.create(workspace=practice.workspace, role=Role.OWNER))
    first = client.get(reverse("qr", args=[practice.pk]))
    client.get(reverse("poster", args=[practice.pk]))

    assert first["Content-Type"] == "image/svg+xml"
    assert b"<svg" in first.content
    with tenancy.within(practice.workspace_id):
        assert Desk.objects.count() == 1
    assert not DeskRating.objects.exists()


@pytest.mark.parametrize("language", PAGE_TEXTS)
@pytest.mark.parametrize(("size", "posters"), [("a4", 1), ("cards", 4), ("nonsense", 1)])
def test_poster_is_in_the_chosen_language_and_size(
    client: Client, language: str, size: str, posters: int
) -> None:
    practice = PracticeFactory.create(name="Consultorio Norte")
    BrandFactory.create(workspace=practice.workspace, colour="#ffe600")
    client.force_login(UserFactory.create(workspace=practice.workspace, role=Role.OWNER))

    url = reverse("poster", args=[practice.pk])
    page = client.get(url, {"language": language, "size": size}).content.decode()

    words = PAGE_TEXTS[language]
    assert page.count(f"<h2>{words['rate_title']}</h2>") == posters
    assert page.count(words["poster_text"]) == page.count('class="poster-logo"') == posters
    assert 'fill="#ffe600"' in page


def test_star_page_at_reception_has_logo_and_colour(desk: Desk) -> None:
    BrandFactory.create(workspace=desk.workspace)

    for path in (reverse("desk", args=[desk.token]), post_rating(desk, 5)):
        page = Client().get(path, headers=READER).content.decode()
        assert 'class="logo"' in page
        assert "/brand/1f6fb2.css" in page
