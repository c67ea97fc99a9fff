import os
import re
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer

from config import embedded, fonts
from tests import database
from tests.core.api.calling import ApiClient
from tests.scheduling import SlowestFilesFirst, sort_slowest_first

pytest_plugins = ["tests.dev.doubles.fixtures", "tests.local_servers"]

# Without bytecode on disk every process that a test starts would compile all modules again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

embedded.ensure()

# The same examples in every run, and no time limit, which a busy machine would exceed. For other
# examples, `make test-long` uses `--hypothesis-profile=random`.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.register_profile("random", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("fixed")


def pytest_configure(config: pytest.Config) -> None:
    """Differ from production: fast password hashes, no connection pool, private Redis and files."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    if not hasattr(config, "workerinput"):
        compile_translations()
        fonts.build_if_missing()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
    number = int(worker.removeprefix("gw")) % 15 + 1
    settings.CACHES["default"]["LOCATION"] = redis_database(settings.REDIS_URL, number)
    settings.CELERY_BROKER_URL = "memory://"  # a running demo's workers must not get tasks of tests
    settings.WHITENOISE_AUTOREFRESH = True
    uploads = TemporaryDirectory(prefix="uploads-")
    config.add_cleanup(uploads.cleanup)
    storages: Any = settings.STORAGES
    storages["default"]["OPTIONS"]["location"] = uploads.name
    storages["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SlowestFilesFirst | None:
    """Distribute whole files for every `--dist`, except `each`, which runs all tests everywhere."""
    return None if config.getoption("dist") == "each" else SlowestFilesFirst(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        sort_slowest_first(items)


def compile_translations() -> None:
    """Compile the catalogue if it is missing or older than its sources."""
    from config.translations import BORROWED, COMPILED, OURS

    changed_at = max(OURS.stat().st_mtime, BORROWED.stat().st_mtime)
    if not COMPILED.exists() or COMPILED.stat().st_mtime < changed_at:
        call_command("translations", "compile")


def redis_database(url: str, number: int) -> str:
    """Return the URL of another database of the server: `?db=0` on a socket, `/0` on a port."""
    return re.sub(r"(\?db=|:\d+/)\d+$", rf"\g<1>{number}", url)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_id: str) -> Iterator[None]:
    name = f"{database.PREFIX}{worker_id}"
    with django_db_blocker.unblock():
        template = database.build_template()
        database.copy(template, name)
        database.point_at(name)

    # Django truncates tables, which the application's role may not do. Copy the template instead.
    def rebuild(_case: TransactionTestCase) -> None:
        database.copy(template, name)

    TransactionTestCase._fixture_teardown = rebuild  # type: ignore[attr-defined]  # not in the stubs
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits of one test must not affect the next."""
    yield
    cache.clear()


@pytest.fixture
def api_client(db: None) -> ApiClient:
    """An API client with a key that has all scopes."""
    return ApiClient()
