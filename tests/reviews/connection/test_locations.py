"""The list of locations, and which practice each belongs to."""

from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from core.models import AuditEvent
from reviews.connection import locations
from reviews.google import GoogleClient
from reviews.google_errors import AccessDenied, GoogleUnavailable
from reviews.models import GoogleLocation
from tests.background import run_sent_tasks
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import PracticeFactory, ReviewFactory, UserFactory
from tests.reviews.connection.steps import Clinic, stored, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(clinic: Clinic) -> Clinic:
    clinic.connect()
    return clinic


def test_location_of_another_clinic_cannot_be_chosen(connected: Clinic) -> None:
    """The form has the rows of this clinic only, so another one in it is ignored."""
    theirs = ReviewFactory.create().location
    ours = connected.location()

    connected.press(
        "google_locations",
        **{
            f"location-{theirs.pk}": str(connected.practice.pk),
            f"location-{ours.pk}": str(connected.practice.pk),
        },
    )

    after = stored(lambda: GoogleLocation.objects.get(pk=theirs.pk))
    assert after.practice_id == theirs.practice_id
    assert connected.location().practice == connected.practice


def test_practice_of_another_clinic_is_refused(connected: Clinic) -> None:
    page = connected.follow(practice=PracticeFactory.create())

    assert "Select a valid choice" in page
    assert connected.location().practice is None


def test_two_clinics_may_follow_one_location_and_do_not_learn_of_each_other(
    connected: Clinic, google_double: GoogleDouble
) -> None:
    """An agency and its clinic, say. Google gave access to both."""
    connected.follow()
    owner = UserFactory.create(language="en")
    assert owner.workspace
    practice = PracticeFactory.create(workspace=owner.workspace, name="Agencia")
    connected.client.force_login(owner)
    agency = Clinic(connected.client, google_double, owner, practice)

    pages = agency.connect() + agency.follow() + agency.open_page()

    assert agency.location().practice == practice
    assert connected.owner.workspace
    assert connected.owner.workspace.name not in pages
    assert connected.location().practice == connected.practice


def test_choice_is_in_the_audit_trail(connected: Clinic) -> None:
    connected.follow()
    connected.follow()  # the same again

    [event] = stored(lambda: list(AuditEvent.objects.filter(action="google.locations")))
    assert event.new == {"Consultorio Centro (locations/11)": "Consultorio Centro"}
    assert event.actor_id == connected.owner.pk


def test_location_that_is_not_followed_any_more_keeps_its_reviews(connected: Clinic) -> None:
    connected.follow()
    ReviewFactory.create(workspace=connected.workspace, location=connected.location())

    connected.press("google_locations", **{f"location-{connected.location().pk}": ""})

    location = connected.location()
    assert (location.practice, location.changes_due_at, location.sweep_due_at) == (None, None, None)
    assert stored(location.reviews.count) == 1


def test_chosen_practice_is_not_proposed_again(connected: Clinic) -> None:
    connected.follow()

    assert "Chosen for you" not in connected.open_page("google_locations")


def test_new_and_changed_locations_are_taken_over(connected: Clinic) -> None:
    connected.follow()
    connected.google.add_location(account="101", title="Consultorio Norte")
    connected.google.change_location(connected.google.unverified, is_verified=True)

    connected.check_now()

    assert [row.title for row in connected.locations] == [
        "Consultorio Centro",
        "Consultorio Norte",
        "Consultorio Sur",
    ]
    assert connected.location("Consultorio Sur").is_verified


def test_location_that_was_taken_over_by_another_owner_is_explained_and_comes_back(
    connected: Clinic,
) -> None:
    connected.follow()
    connected.google.change_location(connected.google.location, lost="NOT_FOUND")

    connected.check_now()

    assert connected.location().failure == "GONE"
    page = connected.open_page()
    assert "Google no longer shows this location to the connected user." in page
    assert "Perhaps another Google user manages it now." in page

    connected.google.change_location(connected.google.location, lost="")
    connected.check_now()

    assert (connected.location().failure, connected.location().failed_at) == ("", None)
    assert connected.location().practice == connected.practice


def test_location_that_was_never_followed_is_forgotten(connected: Clinic) -> None:
    connected.google.change_location(connected.google.unverified, lost="NOT_FOUND")

    connected.check_now()

    assert [row.title for row in connected.locations] == ["Consultorio Centro"]


def test_list_that_is_cut_short_changes_nothing(connected: Clinic) -> None:
    connected.follow()
    connected.google.set_faults(rate_500=1)

    with pytest.raises(GoogleUnavailable):
        stored(lambda: locations.refresh_locations(connected.connection))

    assert [row.failure for row in connected.locations] == ["", ""]


def test_disconnected_clinic_cannot_choose(connected: Clinic) -> None:
    connected.press("google_disconnect", fetched="keep")

    page = text_of(connected.client.get(reverse("google_locations"), follow=True))

    assert "Connect Google" in page


def test_withdrawn_access_is_noticed_by_a_check_of_the_owner(
    connected: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    connected.follow()
    connected.google.revoke()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        page = connected.check_now()

    assert "Access was withdrawn or has expired." in page
    assert connected.connection.status == "BROKEN"
    assert connected.connection.owner_told_at


def test_user_who_may_read_no_account_is_an_error_and_no_location_is_gone(
    connected: Clinic,
) -> None:
    """So is an API that the platform's project has not enabled."""
    connected.follow()
    refusal = AccessDenied("403 PERMISSION_DENIED The API is not enabled.")

    with patch.object(GoogleClient, "list_locations", side_effect=refusal):
        page = connected.check_now()

    assert "The connected Google user may not do this." in page
    assert [row.failure for row in connected.locations] == ["", ""]


def test_location_that_the_owner_stopped_following_is_not_proposed_again(
    connected: Clinic,
) -> None:
    connected.follow()
    connected.change(connected.location(), first_fetched_at=timezone.now())
    connected.press("google_locations", **{f"location-{connected.location().pk}": ""})

    assert "Chosen for you" not in connected.open_page("google_locations")
