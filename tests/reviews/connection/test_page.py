"""The page of the connection: what it says in each state."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import ReviewFactory, StaffFactory, UserFactory
from tests.reviews.connection.steps import Clinic, text_of
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def followed(clinic: Clinic) -> Clinic:
    clinic.connect()
    clinic.follow()
    return clinic


def test_page_says_what_is_read_and_written_before_the_button(clinic: Clinic) -> None:
    page = clinic.open_page()

    for words in ("We read", "We write", "We never change", "To stop"):
        assert page.index(words) < page.rindex("Connect Google")


def test_without_credentials_the_feature_is_off_and_says_so(
    clinic: Clinic, google_double: GoogleDouble
) -> None:
    with google_double.in_use(GOOGLE_BUSINESS_CLIENT_SECRET=""):
        page = clinic.open_page()
        assert "Google is not set up here" in page
        assert "The team that runs it can turn it on." in page
        assert "Google is not set up on this installation." in clinic.press("google_connect")


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owners_open_it(clinic: Clinic, role: Role) -> None:
    clinic.client.force_login(UserFactory.create(workspace=clinic.workspace, role=role))

    assert clinic.client.get(reverse("google_connection")).status_code == 403
    assert clinic.client.post(reverse("google_connect")).status_code == 403
    assert clinic.client.post(reverse("google_disconnect")).status_code == 403


def test_first_fetch_is_shown_until_it_is_complete(followed: Clinic) -> None:
    location = followed.location()
    followed.change(location, review_count=3)
    ReviewFactory.create(workspace=followed.workspace, location=location)

    response = followed.client.get(reverse("google_connection"), HTTP_HX_REQUEST="true")
    assert "1 of 3 reviews fetched" in text_of(response)
    assert 'hx-trigger="every 3s"' in response.content.decode()

    followed.change(
        location,
        first_fetched_at=timezone.now(),
        changes_fetched_at=timezone.now(),
        average_rating=Decimal("4.30"),
    )
    response = followed.client.get(reverse("google_connection"), HTTP_HX_REQUEST="true")
    assert "Google says 4.3 of 5, from 3 reviews." in text_of(response)
    assert "hx-trigger" not in response.content.decode()


def test_location_without_access_is_explained(followed: Clinic) -> None:
    followed.change(followed.location(), failure="FORBIDDEN", failed_at=timezone.now())

    page = followed.open_page()

    assert "The connected user may not read the reviews of this location." in page
    assert "make the connected user a manager" in page
    assert "reviews fetched" not in page


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("503 UNAVAILABLE The service is down.", "Google did not answer."),
        ("No answer: TimeoutError", "Google did not answer."),
        ("429 RESOURCE_EXHAUSTED Quota exceeded.", "There were too many requests at once."),
        ("429 RESOURCE_EXHAUSTED Quota. (QUOTA_ZERO)", "has not approved this installation"),
        ("403 PERMISSION_DENIED The caller may not.", "may not do this"),
        ("400 INVALID_ARGUMENT Wrong.", "Google refused the request."),
    ],
)
def test_last_error_is_explained_until_google_answers_again(
    followed: Clinic, error: str, words: str
) -> None:
    followed.change(followed.connection, last_error=error, last_error_at=timezone.now())
    assert words in followed.open_page()

    followed.check_now()
    assert words not in followed.open_page()


def test_check_now_proves_that_google_answers(followed: Clinic) -> None:
    followed.change(followed.location(), changes_due_at=None, sweep_due_at=None)

    assert "Google is being asked." in followed.press("google_check")
    response = followed.client.get(reverse("google_connection"), HTTP_HX_REQUEST="true")
    assert 'hx-trigger="every 3s"' in response.content.decode()

    followed.check_now()

    assert followed.location().changes_due_at


def test_check_now_says_why_google_does_not_answer(followed: Clinic) -> None:
    followed.google.set_faults(quota=0)

    page = followed.check_now()

    assert "Google has not approved this installation’s project yet" in page


def test_browser_may_follow_the_redirect_to_google(clinic: Clinic) -> None:
    """Browsers apply `form-action` to the redirect of a form too."""
    policy = clinic.client.get(reverse("google_connection"))["Content-Security-Policy"]

    assert f"form-action 'self' https://accounts.google.com {clinic.google.url}" in policy


def test_admin_shows_no_tokens(followed: Clinic) -> None:
    followed.client.force_login(StaffFactory.create())
    connection = followed.connection
    address = reverse("admin:reviews_googleconnection_change", args=[connection.pk])

    page = followed.client.get(address).content.decode()

    assert connection.email in page
    assert connection.refresh_token not in page
    assert connection.access_token not in page


def test_first_fetch_that_stopped_is_not_shown_as_going_on(followed: Clinic) -> None:
    broken = {"status": "BROKEN", "failure": "REVOKED", "broken_at": timezone.now()}
    followed.change(followed.connection, **broken)

    response = followed.client.get(reverse("google_connection"), HTTP_HX_REQUEST="true")

    assert "The first fetch has stopped" in text_of(response)
    # The sentence about the access is outside of the part that looks again.
    assert response["HX-Refresh"] == "true"
    assert "Being fetched" not in text_of(response)
    assert "hx-trigger" not in response.content.decode()
