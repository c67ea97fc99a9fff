"""The patient's four pages: what they record, what they never show, what a GET may change."""

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
from tests.factories import ConversationFactory, FeedbackFactory, MessageFactory, PracticeFactory
from tests.messaging.world import create_patient, find_messages, running_campaign
from workspaces.models import ReviewInvites, Workspace

pytestmark = pytest.mark.django_db

PLACE = "ChIJN1t_tDeuEmsRUsoyG83frY4"
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14)"}


@pytest.fixture
def ask() -> Message:
    practice = PracticeFactory.create(name="Consultorio Sol", google_place_id=PLACE)
    patient = create_patient(
        running_campaign(practice=practice), name="Ximena", asked_at=timezone.now()
    )
    made: Message = MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        status="DELIVERED",
        sent_at=timezone.now() - timedelta(minutes=5),
    )
    return made


def reload(row: Any) -> Any:
    with tenancy.platform("test"):
        return type(row).objects.get(pk=row.pk)


def rate(client: Client, ask: Message, rating: int) -> Any:
    return client.post(f"/r/{ask.patient.token}", {"rating": rating}, follow=True)


@pytest.mark.parametrize("page", ["r", "f", "o"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_get_changes_nothing(client: Client, ask: Message, page: str, method: str) -> None:
    response = getattr(client, method)(f"/{page}/{ask.patient.token}")

    assert response.status_code == 200
    assert reload(ask).status == "DELIVERED"
    assert reload(ask.patient).opted_out_at is None
    assert not response.cookies


def test_happy_patient_gets_the_review_link(client: Client, ask: Message) -> None:
    page = rate(client, ask, 5)

    assert (reload(ask).rating, reload(ask).status) == (5, "REPLIED")
    assert f"/v/{ask.patient.token}" in page.content.decode()
    assert [m.type for m in find_messages(type__startswith="FOLLOWUP")] == ["FOLLOWUP_HAPPY"]


def test_unhappy_patient_gets_form_and_review_link(client: Client, ask: Message) -> None:
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


def test_clinic_can_invite_only_happy_patients(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(review_invites=ReviewInvites.HAPPY_ONLY)
    assert "/v/" not in rate(client, ask, 2).content.decode()

    page = client.post(f"/f/{ask.patient.token}", {"comment": "Mal."}, follow=True)

    assert "/v/" not in page.content.decode()


def test_practice_without_google_place_has_no_review_link(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        type(ask.campaign.practice).objects.update(google_place_id="")

    assert "/v/" not in rate(client, ask, 5).content.decode()
    assert client.get(f"/v/{ask.patient.token}", headers=BROWSER).status_code == 200


@pytest.mark.parametrize("rating", ["0", "6", "x", "", "5; DROP TABLE"])
def test_invalid_rating_is_refused(client: Client, ask: Message, rating: str) -> None:
    response = client.post(f"/r/{ask.patient.token}", {"rating": rating})

    assert response.status_code == 400
    assert reload(ask).rating is None


def test_opt_out_suppresses_the_patients_addresses(client: Client, ask: Message) -> None:
    page = client.post(f"/o/{ask.patient.token}", follow=True)

    assert PAGE_TEXTS["es"]["stopped_title"] in page.content.decode()
    assert reload(ask.patient).opted_out_at is not None
    with tenancy.platform("test"):
        assert Suppression.objects.filter(address=ask.patient.phone).count() == 1


def test_one_click_unsubscribe_needs_no_csrf_token(ask: Message) -> None:
    strict = Client(enforce_csrf_checks=True)

    strict.post(f"/o/{ask.patient.token}", {"List-Unsubscribe": "One-Click"})

    assert reload(ask.patient).opted_out_at is not None


def test_review_click_is_counted_but_a_link_preview_is_not(client: Client, ask: Message) -> None:
    path = f"/v/{ask.patient.token}"
    for agent in ("facebookexternalhit/1.1", "Googlebot/2.1", "WhatsApp/2.23", ""):
        assert client.get(path, headers={"User-Agent": agent}).status_code == 302
    assert reload(ask.patient).review_clicks == 0

    response = client.get(path, headers=BROWSER)

    assert response["Location"] == f"https://search.google.com/local/writereview?placeid={PLACE}"
    assert reload(ask.patient).review_clicks == 1


def test_practice_with_only_a_review_link_uses_it(client: Client, ask: Message) -> None:
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
def test_invalid_link_reveals_nothing(client: Client, ask: Message, page: str, why: str) -> None:
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
    assert reload(ask).rating is None


def test_opt_out_link_of_an_old_mail_works(client: Client, ask: Message) -> None:
    with tenancy.platform("test"):
        long_ago = timezone.now() - timedelta(days=300)
        Patient.objects.filter(pk=ask.patient_id).update(asked_at=long_ago)

    assert client.get(f"/o/{ask.patient.token}").status_code == 200
    assert reload(ask.patient).opted_out_at is None
    click = {"List-Unsubscribe": "One-Click"}
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 200
    assert reload(ask.patient).opted_out_at


def test_pages_do_not_name_the_patient(client: Client, ask: Message) -> None:
    for page in "rfo":
        text = client.get(f"/{page}/{ask.patient.token}").content.decode()
        assert ask.patient.name not in text
        assert ask.patient.phone not in text


def test_refused_text_is_shown_again(client: Client, ask: Message) -> None:
    typed = "<b>muy</b> mal " * 200

    response = client.post(f"/f/{ask.patient.token}", {"comment": typed})

    assert response.status_code == 400
    assert "&lt;b&gt;muy&lt;/b&gt; mal" in response.content.decode()
    assert PAGE_TEXTS["es"]["feedback_long"] in response.content.decode()


def test_visits_from_one_address_are_limited(client: Client) -> None:
    answers = [client.get(f"/r/guess-{n}").status_code for n in range(VISITS_A_MINUTE + 1)]

    assert answers.count(404) == VISITS_A_MINUTE
    assert answers[-1] == 429


def test_addresses_of_one_ipv6_network_share_the_limit(client: Client) -> None:
    def visit(address: str) -> int:
        return client.get("/r/guess-guess", REMOTE_ADDR=address).status_code

    answers = [visit(f"2001:db8:7:7:{n:x}::1") for n in range(1, VISITS_A_MINUTE + 2)]

    assert answers[-1] == 429
    assert visit("2001:db8:7:8::1") == 404


def test_posts_to_one_link_are_limited_over_all_addresses(client: Client, ask: Message) -> None:
    """Each change between happy and unhappy would have been a mail to the owner and a webhook."""

    def rate(number: int, rating: int) -> int:
        path = f"/r/{ask.patient.token}"
        return client.post(path, {"rating": rating}, REMOTE_ADDR=f"203.0.113.{number}").status_code

    answers = [rate(number, 1 + number % 2 * 4) for number in range(POSTS_AN_HOUR + 1)]
    assert (answers[-2], answers[-1]) == (303, 429)

    stopped = client.post(f"/o/{ask.patient.token}", REMOTE_ADDR="203.0.113.1")
    assert stopped.status_code == 303


def test_mapped_ipv4_address_shares_the_limit(client: Client) -> None:
    for _ in range(VISITS_A_MINUTE):
        client.get("/r/guess-guess", REMOTE_ADDR="192.0.2.77")

    answer = client.get("/r/guess-guess", REMOTE_ADDR="::ffff:192.0.2.77")
    assert answer.status_code == 429


@pytest.mark.parametrize("page", "rfvow")
@pytest.mark.parametrize(
    "token", ["%00", "%00" * 12, "a%00bcdefghijk", "%F0%9F%98%80" * 3, "x" * 5000]
)
def test_malformed_token_is_not_found(client: Client, page: str, token: str) -> None:
    assert client.get(f"/{page}/{token}").status_code == 404
    assert client.post(f"/{page}/{token}").status_code == 404


@pytest.mark.parametrize("language", PAGE_TEXTS)
def test_page_is_in_the_patients_language(client: Client, ask: Message, language: str) -> None:
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(language=language)

    page = client.get(f"/r/{ask.patient.token}").content.decode()

    assert f'<html lang="{language}">' in page
    assert PAGE_TEXTS[language]["rate_title"] in page


def test_every_language_has_every_text() -> None:
    assert {frozenset(words) for words in PAGE_TEXTS.values()} == {frozenset(PAGE_TEXTS["es"])}


def test_page_is_small_and_has_no_script(client: Client, ask: Message) -> None:
    page = client.get(f"/r/{ask.patient.token}").content.decode()

    assert len(page) < 5_000
    assert "<script" not in page
    assert "style=" not in page
    assert page.count("stylesheet") == 1


@pytest.mark.parametrize("number", ["1", "2", "3", "4", "5"])
def test_star_from_a_mail_is_preselected_and_recorded_only_when_sent(
    client: Client, ask: Message, number: str
) -> None:
    page = client.get(f"/r/{ask.patient.token}?stars={number}").content.decode()

    assert f'class="button" name="rating" value="{number}"' in page
    assert reload(ask).rating is None
    assert reload(ask).status == "DELIVERED"
    rate(client, ask, int(number))
    assert reload(ask).rating == int(number)


@pytest.mark.parametrize("number", ["0", "6", "5x", "٣", "", "<b>"])
def test_invalid_star_preselects_nothing(client: Client, ask: Message, number: str) -> None:
    page = client.get(f"/r/{ask.patient.token}", {"stars": number})

    assert page.status_code == 200
    assert 'class="chosen"' not in page.content.decode()


def test_star_from_a_mail_after_rating_shows_the_thanks(client: Client, ask: Message) -> None:
    rate(client, ask, 5)
    page = client.get(f"/r/{ask.patient.token}?stars=1").content.decode()

    assert 'class="chosen"' not in page
    assert reload(ask).rating == 5


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (MULTIPART_CONTENT, encode_multipart(BOUNDARY, {"List-Unsubscribe": "One-Click"})),
    ],
)
def test_one_click_unsubscribe_is_not_redirected(
    ask: Message, kind: str, body: str | bytes
) -> None:
    provider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = provider.generic("POST", f"/o/{ask.patient.token}", body, content_type=kind)
        assert (response.status_code, response.content) == (200, b"")
        assert not response.cookies

    with tenancy.platform("test"):
        assert Suppression.objects.get(address=ask.patient.phone).reason == "LINK"
    assert reload(ask.patient).opted_out_at


def test_one_click_unsubscribes_have_their_own_limit(
    client: Client, ask: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(VISITS_A_MINUTE + 1):
        client.get(f"/o/{ask.patient.token}")
    click = {"List-Unsubscribe": "One-Click"}

    assert client.get(f"/o/{ask.patient.token}").status_code == 429
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 200
    monkeypatch.setattr("messaging.patient_pages.limits.ONE_CLICKS_A_MINUTE", 1)
    assert client.post(f"/o/{ask.patient.token}", click).status_code == 429


@pytest.mark.parametrize(
    ("page", "before", "typed"),
    [
        ("r", 2, {"rating": 1}),
        ("f", 2, {"comment": "Sigo esperando."}),
        ("w", 5, {"comment": "Muy amables."}),
    ],
)
def test_what_the_patient_does_here_ends_a_snooze(
    client: Client, ask: Message, page: str, before: int, typed: dict[str, Any]
) -> None:
    later = timezone.now() + timedelta(days=1)
    with tenancy.platform("test"):
        Message.objects.filter(pk=ask.pk).update(rating=before, replied_at=timezone.now())
    rows = [
        FeedbackFactory.create(
            workspace=ask.workspace, message=ask, patient=ask.patient, rating=2, snoozed_until=later
        ),
        ConversationFactory.create(
            workspace=ask.workspace, patient=ask.patient, snoozed_until=later
        ),
    ]
    client.post(f"/{page}/{ask.patient.token}", typed)

    assert [reload(row).snoozed_until for row in rows] == [None, None]
