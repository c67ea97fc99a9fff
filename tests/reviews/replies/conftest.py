from collections.abc import Iterator

import pytest

from reviews.models import Review
from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.replies.at_google import (
    make_review,
)


@pytest.fixture
def google(one_google_double: GoogleDouble) -> Iterator[GoogleDouble]:
    one_google_double.reset()
    with one_google_double.in_use():
        yield one_google_double


@pytest.fixture
def review(google: GoogleDouble) -> Review:
    """A review that the double has too, of a connected location."""
    return make_review(google)
