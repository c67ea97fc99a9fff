"""Breaking a named constraint with a raw write."""

from typing import Any

import pytest
from django.db import IntegrityError, connection
from factory.django import DjangoModelFactory

from core import tenancy


def refuses(constraint: str, factory: type[DjangoModelFactory[Any]], **values: Any) -> None:
    """The row is valid but for `values`, which the database turns down by the constraint's name."""
    factory.create()  # valid without them
    with (
        pytest.raises(IntegrityError, match=f'"{constraint}"|^{constraint}'),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        factory.create(**values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
