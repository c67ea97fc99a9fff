"""SQL and Python agree on whether few credits are left."""

import pytest

from core import sql
from workspaces import low_credits
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

BY_SQL = f"""
SELECT message_credits, credits_full, {low_credits.ARE_LOW} AS are_low
FROM generate_series(0, 30) message_credits, generate_series(0, 60) credits_full
"""


def test_sql_and_python_agree_on_low_credits() -> None:
    for row in sql.fetch(BY_SQL):
        are_low = row.pop("are_low")
        assert are_low == low_credits.are_low(Workspace(**row)), row


@pytest.mark.parametrize(("left", "are_low"), [(0, False), (1, True), (10, True), (11, False)])
def test_a_fifth_of_the_full_balance_is_low(left: int, are_low: bool) -> None:
    assert low_credits.are_low(Workspace(message_credits=left, credits_full=50)) == are_low
