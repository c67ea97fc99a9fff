"""A list costs the same number of queries whether it is short or long."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.guards import addresses, tenants
from tests.guards.clinic import Clinic, build

pytestmark = pytest.mark.django_db

PAGES = [a for a in addresses.ours() if not a.names and not a.is_public]
FEW, MANY = 2, 6
MOST = 25
# The first page and its printed form put many small figures together, each by a query of its own.
MOST_OF_A_DASHBOARD = 40
DASHBOARDS = {"", "results/"}


@pytest.fixture
def clinic() -> Clinic:
    return build()


def fill(clinic: Clinic, rows: int) -> None:
    """As many rows of everything, each with parents of its own, so that nothing is shared luck."""
    for model in tenants.tenant_models():
        for _ in range(rows):
            tenants.a_row_of(model, clinic.workspace)


def costs(clinic: Clinic, client: Client) -> dict[tuple[str, str], int]:
    counted = {}
    for role, user in clinic.people.items():
        client.force_login(user)
        for page in PAGES:
            client.get(page.path())  # whatever is remembered after the first time
            with CaptureQueriesContext(connection) as queries:
                client.get(page.path())
            counted[role, page.route] = len(queries)
    return counted


def test_every_list_costs_the_same_short_or_long(clinic: Clinic, client: Client) -> None:
    fill(clinic, FEW)
    few = costs(clinic, client)
    fill(clinic, MANY - FEW)
    many = costs(clinic, client)

    assert few == many
    for (_role, route), queries in few.items():
        assert queries < (MOST_OF_A_DASHBOARD if route in DASHBOARDS else MOST), route
