"""Explain to people why the database refused a row, by the name of the constraint."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import IntegrityError, transaction

from core.errors import ProblemError


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the violated constraint, or an empty text if PostgreSQL names none."""
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, psycopg.Error) else ""


@contextmanager
def explain_violation(message: Any, *constraints: str) -> Iterator[None]:
    """Run the block in a savepoint. Refuse with the message if it violates one of the constraints.

    The violation of any other constraint is an error of ours and stays one.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if violated_constraint(error) not in constraints:
            raise
        raise ProblemError(message) from error
