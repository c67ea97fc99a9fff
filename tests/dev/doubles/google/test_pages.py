"""The public pages, requested and posted as by a browser."""

import pytest

from dev.doubles.google.pages.words import WORDS
from dev.doubles.kit.words import ENGLISH, SPANISH
from tests.dev.doubles.google.browser import Browser, words_of
from tests.dev.doubles.google.client import LOCATION, ApiClient
from tests.dev.doubles.google.stage import GoogleDouble

PLACE = "/maps/place/ChIJN1t_tDeuEmsRUsoyG83frY4"


@pytest.fixture
def browser(google: GoogleDouble) -> Browser:
    return Browser(google)


def write(browser: Browser, **form: str) -> None:
    usual = {"stars": "5", "comment": "Muy amables.", "author": "Ana Torres", "action": "save"}
    answer = browser.post(PLACE, {**usual, **form})
    assert answer.status_code == 303, answer.text


def test_link_of_patients_leads_to_the_form(google: GoogleDouble, browser: Browser) -> None:
    page = browser.get("/local/writereview", placeid="ChIJN1t_tDeuEmsRUsoyG83frY4")
    assert page.url == f"{google.url}{PLACE}"
    words = words_of(page)
    assert "Consultorio Centro" in words
    assert "Todavía no hay reseñas" in words


@pytest.mark.parametrize("path", ["/local/writereview?placeid=ChIJwrong", "/maps/place/ChIJwrong"])
def test_unknown_place_is_said_to_be_unknown(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 404
    assert "No encontramos este lugar" in page.text


def test_visitor_writes_a_review_that_the_apis_and_a_push_tell(
    google: GoogleDouble, browser: Browser, api: ApiClient
) -> None:
    google.listen_for_pushes()
    write(browser, comment="Muy amables.\r\nVolveré.")
    (review,) = api.get(f"{LOCATION}/reviews")["reviews"]
    assert review["comment"] == "Muy amables.\nVolveré."
    assert (review["starRating"], review["reviewer"]["displayName"]) == ("FIVE", "Ana Torres")
    assert google.product.received()[0].data["review"] == review["name"]
    page = words_of(browser.get(PLACE, done="written"))
    assert "Su reseña está publicada." in page
    assert "5,0 de 5 estrellas, 1 reseña" in page


def test_visitor_has_one_review_which_they_can_change_and_delete(
    google: GoogleDouble, browser: Browser
) -> None:
    write(browser)
    write(browser, stars="2", hide="on")
    (review,) = google.state.reviews.values()
    assert (review.stars, review.is_anonymous) == (2, True)
    assert review.updated > review.created
    page = words_of(browser.get(PLACE))
    assert "Un usuario de Google" in page
    assert "Editada el" in page
    assert "Su reseña" in page
    browser.post(PLACE, {"action": "delete"})
    assert not google.state.reviews


def test_visitor_cannot_change_the_review_of_another(
    google: GoogleDouble, browser: Browser
) -> None:
    google.add_review(comment="De otra persona.")
    write(browser)
    write(Browser(google), author="Luis Vega")
    browser.post(PLACE, {"action": "other"})
    write(browser, author="Rosa Mora")
    browser.post(PLACE, {"action": "delete"})
    authors = [review.author for review in google.state.reviews.values()]
    assert sorted(authors) == ["Ana Torres", "Ana Torres", "Luis Vega"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"stars": ""}, "Elija de 1 a 5 estrellas."),
        ({"stars": "6"}, "Elija de 1 a 5 estrellas."),
        ({"author": " "}, "Escriba su nombre o publique sin él."),
        ({"comment": "x" * 4097}, "El texto es demasiado largo"),
    ],
)
def test_incomplete_review_is_refused_and_kept_in_the_form(
    google: GoogleDouble, browser: Browser, form: dict[str, str], sentence: str
) -> None:
    usual = {"stars": "4", "comment": "Bien.", "author": "Ana", "action": "save"}
    answer = browser.post(PLACE, {**usual, **form})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert form.get("comment", "Bien.") in answer.text
    assert not google.state.reviews


def test_only_an_approved_reply_is_shown(
    google: GoogleDouble, browser: Browser, api: ApiClient
) -> None:
    google.set_faults(moderation_ms=60_000)
    name = google.add_review()
    api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias por su opinión."})
    assert "Gracias por su opinión." not in browser.get(PLACE).text
    google.moderate(name)
    assert "Respuesta del propietario" in browser.get(PLACE).text


def test_words_of_visitors_are_escaped(google: GoogleDouble, browser: Browser) -> None:
    write(browser, comment="<script>alert(1)</script>", author="<b>Ana</b>")
    page = browser.get(PLACE).text
    assert "<script>" not in page
    assert "<b>" not in page


def test_long_list_is_shown_in_parts(google: GoogleDouble, browser: Browser) -> None:
    google.add_reviews([{"comment": f"Reseña {n:02}", "created": n * 60} for n in range(25)])
    page = browser.get(PLACE).text
    assert "Reseña 24" in page
    assert "Reseña 04" not in page
    assert "Reseña 04" in browser.get(PLACE, shown="40").text


def test_pages_speak_both_languages(google: GoogleDouble, browser: Browser) -> None:
    google.add_review(stars=1)
    assert "1 out of 5 stars" in Browser(google, "en-GB,en").get(PLACE).text
    assert "Write a review" in browser.get(PLACE, hl="en").text
    assert WORDS[SPANISH].keys() == WORDS[ENGLISH].keys()


def test_front_page_leads_to_the_places(google: GoogleDouble, browser: Browser) -> None:
    page = browser.get("/")
    assert f'href="{PLACE}"' in page.text
    assert "Consultorio Sur" not in page.text
    for path in ("/static/google.css", "/static/person.svg", "/static/icon.svg", "/kit/pages.css"):
        assert browser.get(path).ok


@pytest.mark.parametrize("path", ["/", PLACE, "/control/counts", "/o/oauth2/v2/auth"])
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=str
)
def test_request_from_another_site_is_refused(
    google: GoogleDouble, path: str, headers: dict[str, str]
) -> None:
    assert google.http.get(google.url + path, headers=headers).status_code == 403
