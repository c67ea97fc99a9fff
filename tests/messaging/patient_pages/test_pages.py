"""The patient's four pages: what they record, what they never show, and what a GET leaves alone."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from core import tenancy
from messaging.models import Feedback, Message
from messaging.patient_pages.limits import VISITS_A_MINUTE
from messaging.patient_pages.views import POSTS_AN_HOUR
from messaging.patient_texts.pages import PAGE_TEXTS
from patients.models import Patient, Suppression
from tests.factories import MessageFactory, PracticeFactory
from tests.messaging.world import messages, running_campaign, seen
from workspaces.models import ReviewInvites, Workspace

pytestmark = pytest.mark.django_db

PLACE = "ChIJN1t_tDeuEmsRUsoyG83frY4"
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14)"}


@pytest.fixture
def ask() -> Message:
    practice = PracticeFactory.create(name="Consultorio Sol", google_place_id=PLACE)
    patient = seen(running_campaign(practice=practice), name="Ximena", asked_at=timezone.now())
    made: Message = MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        status="DELIVERED",
        sent_at=timezone.now() - timedelta(minutes=5),
    )
    return made


def again(row: Any) -> Any:
    with tenancy.platform("test"):
        return type(row).objects.get(pk=row.pk)


def rate(client: Client, ask: Message, rating: int) -> Any:
    return client.post(f"/r/{ask.patient.token}", {"rating": rating}, follow=True)


@pytest.mark.parametrize("page", ["r", "f", "o"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, ask: Message, page: str, method: str) -> None:
    response = getattr(client, method)(f"/{page}/{ask.patient.token}")

    assert response.status_code == 200
    assert again(ask).status == "DELIVERED"
    assert again(ask.patient).opted_out_at is None
    assert not response.cookies


def test_a_happy_patient_is_led_to_the_reviews(client: Client, ask: Message) -> None:
    page = rate(client, ask, 5)

    assert (again(ask).rating, again(ask).status) == (5, "REPLIED")
    assert f"/v/{ask.patient.token}" in page.content.decode()
    assert [m.type for m in messages(type__startswith="FOLLOWUP")] == ["FOLLOWUP_HAPPY"]


def test_an_unhappy_patient_is_offered_form_and_review_at_once(
    client: Client, ask: Message
) -> None:
    page = rate(client, ask, 2).content.decode()
    assert "<textarea" in page
    assert f"/v/{ask.patient.token}" in page

    page = client.post(
        f"/f/{ask.patient.token}", {"comment": "Esperé dos horas."}, follow=True
    ).content.decode()

    with tenancy.platform("test"):
        feedback = Feedback.objects.get(message=ask)
    assert (feedback.rating, feedback.comment) == (2, "Esperé dos horas.")
    assert f"/v/{ask.patient.token}" in page


def test_a_clinic_may_invite_the_happy_ones_alone(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(review_invites=ReviewInvites.HAPPY_ONLY)
    assert "/v/" not in rate(client, ask, 2).content.decode()

    page = client.post(f"/f/{ask.patient.token}", {"comment": "Mal."}, follow=True)

    assert "/v/" not in page.content.decode()


def test_without_a_place_the_thanks_stand_alone(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        type(ask.campaign.practice).objects.update(google_place_id="")

    assert "/v/" not in rate(client, ask, 5).content.decode()
    assert client.get(f"/v/{ask.patient.token}", headers=BROWSER).status_code == 200


@pytest.mark.parametrize("rating", ["0", "6", "x", "", "5; DROP TABLE"])
def test_a_rating_is_one_to_five(client: Client, ask: Message, rating: str) -> None:
    response = client.post(f"/r/{ask.patient.token}", {"rating": rating})

    assert response.status_code == 400
    assert again(ask).rating is None


def test_stopping_is_for_good_and_for_every_address(client: Client, ask: Message) -> None:
    page = client.post(f"/o/{ask.patient.token}", follow=True)

    assert PAGE_TEXTS["es"]["stopped_title"] in page.content.decode()
    assert again(ask.patient).opted_out_at is not None
    with tenancy.platform("test"):
        assert Suppression.objects.filter(address=ask.patient.phone).count() == 1


def test_the_button_of_a_mail_program_stops_too(ask: Message) -> None:
    strict = Client(enforce_csrf_checks=True)

    strict.post(f"/o/{ask.patient.token}", {"List-Unsubscribe": "One-Click"})

    assert again(ask.patient).opted_out_at is not None


def test_a_review_click_is_counted_but_not_a_preview(client: Client, ask: Message) -> None:
    path = f"/v/{ask.patient.token}"
    for agent in ("facebookexternalhit/1.1", "Googlebot/2.1", "WhatsApp/2.23", ""):
        assert client.get(path, headers={"User-Agent": agent}).status_code == 302
    assert again(ask.patient).review_clicks == 0

    response = client.get(path, headers=BROWSER)

    assert response["Location"] == f"https://search.google.com/local/writereview?placeid={PLACE}"
    assert again(ask.patient).review_clicks == 1


def test_a_practice_known_by_googles_link_alone_leads_there(client: Client, ask: Message) -> None:
    link = "https://g.page/r/CVLKMhvN362OEBM/review"
    with tenancy.platform("test"):
        type(ask.campaign.practice).objects.update(google_place_id="", google_review_link=link)

    assert client.get(f"/v/{ask.patient.token}", headers=BROWSER)["Location"] == link


@pytest.mark.parametrize(
    ("page", "why"),
    [
        *product(["r", "f", "o", "v"], ["a guess", "never asked", "erased"]),
        *product(["r", "f", "v"], ["long ago"]),
    ],
)
def test_a_link_that_leads_nowhere_tells_nothing(
    client: Client, ask: Message, page: str, why: str
) -> None:
    token = "a-guess" if why == "a guess" else ask.patient.token
    with tenancy.platform("test"):
        found = Patient.objects.filter(pk=ask.patient_id)
        if why == "never asked":
            found.update(asked_at=None)
        elif why == "erased":
            found.update(data_deleted_at=timezone.now())
        elif why == "long ago":
            found.update(asked_at=timezone.now() - timedelta(days=61))

    for response in (client.get(f"/{page}/{token}"), client.post(f"/{page}/{token}")):
        assert response.status_code == 404
        assert "Sol" not in response.content.decode()
    assert again(ask).rating is None


def test_way_out_of_an_old_mail_still_works(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        long_ago = timezone.now() - timedelta(days=300)
        Patient.objects.filter(pk=ask.patient_id).update(asked_at=long_ago)

    assert client.get(f"/o/{ask.patient.token}").status_code == 200
    assert again(ask.patient).opted_out_at is None
    click = {"List-Unsubscribe": "One-Click"}
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 200
    assert again(ask.patient).opted_out_at


def test_no_page_says_who_the_patient_is(client: Client, ask: Message) -> None:
    for page in "rfo":
        text = client.get(f"/{page}/{ask.patient.token}").content.decode()
        assert ask.patient.name not in text
        assert ask.patient.phone not in text


def test_typed_text_is_kept_when_it_is_refused(client: Client, ask: Message) -> None:
    typed = "<b>muy</b> mal " * 200

    response = client.post(f"/f/{ask.patient.token}", {"comment": typed})

    assert response.status_code == 400
    assert "&lt;b&gt;muy&lt;/b&gt; mal" in response.content.decode()
    assert PAGE_TEXTS["es"]["feedback_long"] in response.content.decode()


def test_links_cannot_be_tried_by_the_thousand(client: Client) -> None:
    answers = [client.get(f"/r/guess-{n}").status_code for n in range(VISITS_A_MINUTE + 1)]

    assert answers.count(404) == VISITS_A_MINUTE
    assert answers[-1] == 429


def test_addresses_of_one_ipv6_household_are_counted_together(client: Client) -> None:
    def visit(address: str) -> int:
        return client.get("/r/guess-guess", REMOTE_ADDR=address).status_code

    answers = [visit(f"2001:db8:7:7:{n:x}::1") for n in range(1, VISITS_A_MINUTE + 2)]

    assert answers[-1] == 429
    assert visit("2001:db8:7:8::1") == 404


def test_one_link_is_written_through_so_often_from_wherever(client: Client, ask: Message) -> None:
    """Each change between happy and unhappy would have been a mail to the owner and a webhook."""

    def rate(number: int, rating: int) -> int:
        path = f"/r/{ask.patient.token}"
        return client.post(path, {"rating": rating}, REMOTE_ADDR=f"203.0.113.{number}").status_code

    answers = [rate(number, 1 + number % 2 * 4) for number in range(POSTS_AN_HOUR + 1)]
    assert (answers[-2], answers[-1]) == (303, 429)

    stopped = client.post(f"/o/{ask.patient.token}", REMOTE_ADDR="203.0.113.1")
    assert stopped.status_code == 303


def test_ipv4_address_counts_the_same_in_its_mapped_form(client: Client) -> None:
    for _ in range(VISITS_A_MINUTE):
        client.get("/r/guess-guess", REMOTE_ADDR="192.0.2.77")

    answer = client.get("/r/guess-guess", REMOTE_ADDR="::ffff:192.0.2.77")
    assert answer.status_code == 429


@pytest.mark.parametrize("page", "rfvow")
@pytest.mark.parametrize(
    "token", ["%00", "%00" * 12, "a%00bcdefghijk", "%F0%9F%98%80" * 3, "x" * 5000]
)
def test_what_no_link_ever_held_leads_nowhere(client: Client, page: str, token: str) -> None:
    assert client.get(f"/{page}/{token}").status_code == 404
    assert client.post(f"/{page}/{token}").status_code == 404


@pytest.mark.parametrize("language", PAGE_TEXTS)
def test_the_page_speaks_the_patients_language(client: Client, ask: Message, language: str) -> None:
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(language=language)

    page = client.get(f"/r/{ask.patient.token}").content.decode()

    assert f'<html lang="{language}">' in page
    assert PAGE_TEXTS[language]["rate_title"] in page


def test_every_language_says_everything() -> None:
    assert {frozenset(words) for words in PAGE_TEXTS.values()} == {frozenset(PAGE_TEXTS["es"])}


def test_a_page_is_small_and_needs_nothing_else(client: Client, ask: Message) -> None:
    page = client.get(f"/r/{ask.patient.token}").content.decode()

    assert len(page) < 5_000
    assert "<script" not in page
    assert "style=" not in page
    assert page.count("stylesheet") == 1


@pytest.mark.parametrize("number", ["1", "2", "3", "4", "5"])
def test_star_of_a_mail_is_chosen_and_recorded_only_when_sent(
    client: Client, ask: Message, number: str
) -> None:
    page = client.get(f"/r/{ask.patient.token}?stars={number}").content.decode()

    assert f'class="button" name="rating" value="{number}"' in page
    assert again(ask).rating is None
    assert again(ask).status == "DELIVERED"
    rate(client, ask, int(number))
    assert again(ask).rating == int(number)


@pytest.mark.parametrize("number", ["0", "6", "5x", "٣", "", "<b>"])
def test_star_that_does_not_exist_chooses_nothing(
    client: Client, ask: Message, number: str
) -> None:
    page = client.get(f"/r/{ask.patient.token}", {"stars": number})

    assert page.status_code == 200
    assert 'class="chosen"' not in page.content.decode()


def test_star_of_a_mail_after_the_rating_shows_the_thanks(client: Client, ask: Message) -> None:
    rate(client, ask, 5)
    page = client.get(f"/r/{ask.patient.token}?stars=1").content.decode()

    assert 'class="chosen"' not in page
    assert again(ask).rating == 5


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (MULTIPART_CONTENT, encode_multipart(BOUNDARY, {"List-Unsubscribe": "One-Click"})),
    ],
)
def test_one_click_of_a_mail_provider_opts_out_without_a_redirect(
    ask: Message, kind: str, body: str | bytes
) -> None:
    provider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = provider.generic("POST", f"/o/{ask.patient.token}", body, content_type=kind)
        assert (response.status_code, response.content) == (200, b"")
        assert not response.cookies

    with tenancy.platform("test"):
        assert Suppression.objects.get(address=ask.patient.phone).reason == "LINK"
    assert again(ask.patient).opted_out_at


def test_one_clicks_of_a_provider_have_a_limit_of_their_own(
    client: Client, ask: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(VISITS_A_MINUTE + 1):
        client.get(f"/o/{ask.patient.token}")
    click = {"List-Unsubscribe": "One-Click"}

    assert client.get(f"/o/{ask.patient.token}").status_code == 429
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 200
    monkeypatch.setattr("messaging.patient_pages.limits.ONE_CLICKS_A_MINUTE", 1)
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 429
