"""Check that the database rejects a row, by the name of the constraint."""

from typing import Any

import pytest
from django.db import IntegrityError, connection
from factory.django import DjangoModelFactory

from core import tenancy


def assert_refused(constraint: str, factory: type[DjangoModelFactory[Any]], **values: Any) -> None:
    """Assert that a valid row with these `values` violates the constraint."""
    factory.create()  # shows that the row is valid without them
    with (
        pytest.raises(IntegrityError, match=f'"{constraint}"|^{constraint}'),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        factory.create(**values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
