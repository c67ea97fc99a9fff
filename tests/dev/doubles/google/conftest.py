from collections.abc import Iterator

import pytest

from tests.dev.doubles.google.client import ApiClient
from tests.dev.doubles.google.stage import GoogleDouble


@pytest.fixture
def google(one_google_double: GoogleDouble) -> GoogleDouble:
    one_google_double.reset()
    return one_google_double


@pytest.fixture
def api(google: GoogleDouble) -> Iterator[ApiClient]:
    """Call the APIs as the clinic's Google user."""
    with ApiClient(google.url, google.grant()["access_token"]) as client:
        yield client
