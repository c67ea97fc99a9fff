"""Two workers at once, each with its own connection to the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from core import tenancy
from integrations.models import WebhookDelivery
from reviews.google import open_session
from reviews.google_payloads import ReviewPage
from reviews.sync import due, storing
from reviews.sync.access import Access
from reviews.sync.due import LeasedLocation, Work
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import WebhookEndpointFactory
from tests.reviews.clinics import connect

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_lease_different_locations(google_double: GoogleDouble) -> None:
    clinics = [connect(google_double) for _ in range(6)]
    for clinic in clinics:
        clinic.set(first_fetched_at=timezone.now())
    together, now = Barrier(2), timezone.now() + timedelta(minutes=1)

    def lease() -> list[LeasedLocation]:
        together.wait()
        try:
            return due.lease(Work.CHANGES, now=now, limit=4)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        first, second = (each.result() for each in [workers.submit(lease) for _ in range(2)])

    found = [location.id for location in first + second]
    assert len(found) == len(set(found))
    assert set(found) <= {clinic.location.pk for clinic in clinics}


def test_two_workers_store_a_page_once_and_tell_of_it_once(google_double: GoogleDouble) -> None:
    clinic = connect(google_double)
    clinic.set(first_fetched_at=timezone.now())
    WebhookEndpointFactory.create(workspace=clinic.connection.workspace, events=["review.received"])
    google_double.add_reviews([{"stars": 2} for _ in range(40)], push=False)
    now = timezone.now() + timedelta(minutes=1)
    (location,) = due.lease(Work.CHANGES, now=now, limit=1)

    async def read() -> ReviewPage:
        async with open_session() as session:
            return await Access(location.connection_id, session).list_reviews(location.path)

    page = async_to_sync(read)()
    together = Barrier(2)

    def store() -> int:
        together.wait()
        try:
            return len(
                storing.store_reviews(location, page.reviews, fetched_at=now, now=timezone.now())
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        stored = [each.result() for each in [workers.submit(store) for _ in range(2)]]

    assert sorted(stored) == [0, 40]
    assert len(clinic.reviews()) == 40
    with tenancy.platform("test"):
        assert WebhookDelivery.objects.count() == 40
