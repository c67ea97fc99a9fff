"""The list of patients and its file show the ratings, and are narrowed to them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from patients.models import Patient
from tests.factories import CampaignFactory, MessageFactory, PatientFactory
from tests.patients.patient_pages.pages import list_patients
from workspaces.models import User

pytestmark = pytest.mark.django_db


def create_rated(owner: User, rating: int | None) -> Patient:
    patient: Patient = PatientFactory.create(workspace=owner.workspace, asked_at=timezone.now())
    sent_at = timezone.now()
    MessageFactory.create(
        workspace=owner.workspace,
        patient=patient,
        status="REPLIED" if rating else "SENT",
        sent_at=sent_at,
        replied_at=sent_at if rating else None,
        rating=rating,
    )
    return patient


@pytest.mark.parametrize(
    ("chosen", "ratings"),
    [("5", [5]), ("1", [1]), ("unhappy", [1, 3]), ("none", [None]), ("", [5, 1, 3, None, 0])],
)
def test_list_is_narrowed_to_a_rating(
    client: Client, owner: User, chosen: str, ratings: list[int | None]
) -> None:
    made = {rating: create_rated(owner, rating) for rating in (5, 1, 3, None)}
    made[0] = PatientFactory.create(workspace=owner.workspace)  # was not asked

    listed = list_patients(client, rating=chosen)

    assert {one.pk for one in listed} == {made[rating].pk for rating in ratings}


def test_page_and_file_show_the_rating_and_the_state(client: Client, owner: User) -> None:
    create_rated(owner, 4)

    assert '4 <span aria-hidden="true">★</span>' in client.get(reverse("patients")).content.decode()
    response = client.get(reverse("patients"), {"as": "csv"})
    heading, row = b"".join(response).decode("utf-8-sig").splitlines()
    assert heading.split(",")[-3:] == ["State", "Asked", "Rating"]
    assert row.split(",")[-1] == "4"
    assert "Asked" in row


def test_ratings_cost_no_query_for_each_row(client: Client, owner: User) -> None:
    create_rated(owner, 4)
    client.get(reverse("patients"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("patients"))
    campaign = CampaignFactory.create(workspace=owner.workspace)
    PatientFactory.create_batch(10, workspace=owner.workspace, campaign=campaign)
    for rating in (1, 2, 3):
        create_rated(owner, rating)

    with CaptureQueriesContext(connection) as many:
        client.get(reverse("patients"))

    assert len(many) == len(one)
