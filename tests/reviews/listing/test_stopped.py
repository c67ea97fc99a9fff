"""What the list and home say while Google gives no access to the reviews."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from reviews import work
from reviews.models import GoogleConnection, GoogleLocation, Review
from reviews.replies.sendable import ANSWERABLE, why_not_answerable
from tests.factories import GoogleLocationFactory, ReviewFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

BROKEN: dict[str, Any] = {"status": "BROKEN", "failure": "REVOKED", "broken_at": timezone.now()}
DISCONNECTED: dict[str, Any] = {"status": "DISCONNECTED", "refresh_token": ""}
FAILED: dict[str, Any] = {"failure": "FORBIDDEN", "failed_at": timezone.now()}


@pytest.fixture
def owner(client: Client) -> User:
    owner = UserFactory.create(role=Role.OWNER, language="en")
    client.force_login(owner)
    return owner


@pytest.fixture
def location(owner: User) -> GoogleLocation:
    return GoogleLocationFactory.create(workspace=owner.workspace)


def change(row: GoogleConnection | GoogleLocation, **values: Any) -> None:
    with tenancy.platform("test"):
        type(row).objects.filter(pk=row.pk).update(**values)


def open_list(client: Client) -> str:
    return client.get(reverse("reviews"), headers={"HX-Request": "true"}).content.decode()


def test_broken_connection_is_not_shown_as_a_first_fetch(
    client: Client, location: GoogleLocation
) -> None:
    change(location.connection, **BROKEN)

    page = open_list(client)

    assert "No reviews are fetched at the moment" in page
    assert 'hx-trigger="every 10s"' not in page


def test_locations_that_all_failed_are_not_shown_as_without_reviews(
    client: Client, location: GoogleLocation
) -> None:
    change(location, **FAILED)
    assert "No reviews are fetched at the moment" in open_list(client)

    GoogleLocationFactory.create(workspace=location.workspace, connection=location.connection)
    assert "are being fetched" in open_list(client)


@pytest.mark.parametrize(
    ("of_connection", "of_location", "counted"),
    [
        ({}, {}, 1),
        (BROKEN, {}, 0),
        (DISCONNECTED, {}, 0),
        ({}, FAILED, 0),
        ({}, FAILED | {"failure": "GONE"}, 0),
        ({}, FAILED | {"failure": "UNVERIFIED"}, 0),
        ({}, {"is_verified": False}, 0),
    ],
)
def test_home_counts_reviews_that_can_be_answered(
    owner: User,
    location: GoogleLocation,
    of_connection: dict[str, Any],
    of_location: dict[str, Any],
    counted: int,
) -> None:
    review = ReviewFactory.create(workspace=owner.workspace, location=location)
    if of_connection:
        change(location.connection, **of_connection)
    if of_location:
        change(location, **of_location)
    assert owner.workspace

    with tenancy.platform("test"):
        found = work.count_work(owner.workspace, owner)
        reread = Review.objects.select_related("location__connection").get(pk=review.pk)
        by_query = Review.objects.filter(ANSWERABLE).count()

    assert (found.to_answer if found else 0) == counted
    # The rule has a form for rows and one for queries.
    assert by_query == counted == (why_not_answerable(reread) == "")
