import pytest

from tests.messaging.world import shared_sender


@pytest.fixture(autouse=True)
def _a_sender(db: None) -> None:
    """A campaign is activated only where its messages could leave."""
    shared_sender()
