"""SQL and Python agree on which messages are asks."""

import pytest

from core import sql
from templates_app.models import ASKS, IS_ASK, MessageType

BY_SQL = f"SELECT m.type, {IS_ASK} AS is_ask FROM unnest(%(types)s::text[]) m(type)"


@pytest.mark.django_db
def test_sql_and_python_agree_on_asks() -> None:
    rows = sql.fetch(BY_SQL, types=list(MessageType.values))

    assert {row["type"]: row["is_ask"] for row in rows} == {
        type_.value: type_ in ASKS for type_ in MessageType
    }
