"""Check that a page needs the same number of queries for few rows and for many."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.guards import addresses, tenants
from tests.guards.clinic import FilledClinic, create_filled_clinic

pytestmark = pytest.mark.django_db

PAGES = [a for a in addresses.ours() if not a.names and not a.is_public]
FEW, MANY = 2, 6
# One of them is the banner of owners about a Google connection that no longer works. The inbox and
# the board of unhappy patients need most: what waits, what was put aside, and who may be assigned.
MAX_QUERIES = 28
# The home page, its printed form, the month and what the asks brought consist of many figures, each
# with its own query. The list of ratings has the figures of its rows beside their filters.
MAX_QUERIES_OF_A_DASHBOARD = 43
DASHBOARDS = {
    "",
    "results/",
    "results/brought/",
    "results/ratings/",
    "api/v1/insights/reviews/",
    "results/month/",
    "results/month/board.pdf",
    "results/month/waiting-room.pdf",
}


@pytest.fixture
def clinic() -> FilledClinic:
    return create_filled_clinic()


def add_rows(clinic: FilledClinic, rows: int) -> None:
    """Add rows to every table, each with its own parents: shared parents would hide queries."""
    for model in tenants.tenant_models():
        for _ in range(rows):
            tenants.create_row(model, clinic.workspace)


def count_queries(clinic: FilledClinic, client: Client) -> dict[tuple[str, str], int]:
    counts = {}
    for role, user in clinic.people.items():
        client.force_login(user)
        for page in PAGES:
            client.get(page.path())  # fills caches
            with CaptureQueriesContext(connection) as queries:
                client.get(page.path())
            counts[role, page.route] = len(queries)
    return counts


def test_number_of_queries_does_not_grow_with_rows(clinic: FilledClinic, client: Client) -> None:
    add_rows(clinic, FEW)
    few = count_queries(clinic, client)
    add_rows(clinic, MANY - FEW)
    many = count_queries(clinic, client)

    assert few == many
    for (_role, route), queries in few.items():
        assert queries < (MAX_QUERIES_OF_A_DASHBOARD if route in DASHBOARDS else MAX_QUERIES), route
