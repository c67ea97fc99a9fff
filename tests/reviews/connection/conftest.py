import pytest
from django.test import Client

from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import PracticeFactory, UserFactory
from tests.reviews.connection.steps import Clinic


@pytest.fixture
def clinic(db: None, client: Client, google_double: GoogleDouble) -> Clinic:
    """An owner who is signed in, with a practice that Google knows by its place."""
    owner = UserFactory.create(language="en")
    assert owner.workspace
    practice = PracticeFactory.create(
        workspace=owner.workspace,
        name="Consultorio Centro",
        google_place_id="ChIJN1t_tDeuEmsRUsoyG83frY4",
    )
    client.force_login(owner)
    return Clinic(client=client, google=google_double, owner=owner, practice=practice)
