"""The demo's data is seeded once for this folder. Changes of a test are rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from core import tenancy
from dev import demo_data
from tests.dev.demo_data.rows import NOON


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic(), tenancy.platform("test"):
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), rolled_back():
        demo_data.seed(now=NOON)
        yield


@pytest.fixture(autouse=True)
def _roll_back_each_test(demo: None) -> Iterator[None]:
    with rolled_back():
        yield
