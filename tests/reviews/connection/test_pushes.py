"""Whether Google tells us of new reviews: read before it is written."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.background import run_sent_tasks
from tests.reviews.connection.steps import Clinic

pytestmark = pytest.mark.django_db
OTHER_TOPIC = "projects/another-tool/topics/reviews"


@pytest.fixture
def connected(clinic: Clinic) -> Clinic:
    clinic.connect()
    return clinic


def test_google_tells_us_once_locations_are_chosen(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with run_sent_tasks(django_capture_on_commit_callbacks):
        connected.follow()

    account = connected.google.state.accounts["101"]
    assert account.topic == "projects/double-of-google/topics/reviews"
    assert account.notification_types == ["NEW_REVIEW", "UPDATED_REVIEW"]
    assert "Google tells us at once, and we look once an hour as well." in connected.open_page()


def test_other_tool_is_left_alone_until_the_owner_says_otherwise(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    account = connected.google.state.accounts["101"]
    account.topic, account.notification_types = OTHER_TOPIC, ["NEW_REVIEW"]
    with run_sent_tasks(django_capture_on_commit_callbacks):
        connected.follow()

    assert account.topic == OTHER_TOPIC
    page = connected.open_page()
    assert "Google tells another tool of your new reviews, and it tells only one." in page
    assert "The other tool will not be told any more" in connected.open_page(
        "google_take_over_pushes"
    )
    assert account.topic == OTHER_TOPIC

    page = connected.check_now("google_take_over_pushes")

    assert "Google tells us at once" in page
    assert account.topic == "projects/double-of-google/topics/reviews"


def test_topic_of_a_tool_that_hears_nothing_is_free(connected: Clinic) -> None:
    account = connected.google.state.accounts["101"]
    account.topic, account.notification_types = OTHER_TOPIC, []
    connected.follow()

    connected.check_now()

    assert account.topic == "projects/double-of-google/topics/reviews"


def test_without_a_topic_google_is_not_asked(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with (
        connected.google.in_use(GOOGLE_BUSINESS_TOPIC=""),
        run_sent_tasks(django_capture_on_commit_callbacks) as sent,
    ):
        connected.follow()
        page = connected.open_page()

    assert "reviews.tasks.listen_for_pushes" not in [name for name, _arguments in sent]
    assert "This installation is not told by Google." in page
