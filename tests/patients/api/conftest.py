import pytest

from tests.workspaces.api.calling import Program


@pytest.fixture
def program(db: None) -> Program:
    return Program()
