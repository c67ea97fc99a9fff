import pytest

from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.clinics import ConnectedClinic, connect


@pytest.fixture
def clinic(db: None, google_double: GoogleDouble) -> ConnectedClinic:
    """A clinic that was connected a moment ago."""
    return connect(google_double)


@pytest.fixture
def fetched(clinic: ConnectedClinic) -> ConnectedClinic:
    """A clinic whose first fetch has ended."""
    clinic.sweep()
    assert clinic.reload().first_fetched_at
    return clinic
