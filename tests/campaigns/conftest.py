import pytest

from tests.messaging.world import shared_sender


@pytest.fixture(autouse=True)
def _a_sender(db: None) -> None:
    """Create a sender, because a campaign without one cannot be activated."""
    shared_sender()
