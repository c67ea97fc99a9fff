"""Distribute tests to the processes of pytest-xdist: whole files, the slowest files first."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"
DEMO_DATA = "tests/dev/demo_data/"
# The tests of such a folder share a running demo or its data, so they are one unit of work.
SHARED_FOLDERS = (JOURNEYS, DEMO_DATA)
# Sorted by their duration. If such a file started last, the other processes would wait for it.
SLOWEST = (
    JOURNEYS,
    "tests/config/test_admin.py",
    "tests/guards/test_addresses.py",
    "tests/chaos/test_chaos.py",
    "tests/messaging/understanding/test_unseen.py",
    "tests/guards/test_query_counts.py",
    "tests/config/test_signing_in.py",
    "tests/dev/test_bench.py",
    "tests/patients/imports/test_concurrency.py",
    "tests/config/test_embedded.py",
    "tests/messaging/test_replies.py",
    "tests/config/test_proxy.py",
    "tests/dev/test_seed_demo_at_any_day.py",
    "tests/core/api/test_described.py",
    "tests/patients/lists/test_hostile_files.py",
    "tests/messaging/promises/test_promises.py",
    DEMO_DATA,
)


class SlowestFilesFirst(LoadScopeScheduling):
    """Keep the tests of a file together, so that its module fixtures are built only once."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self.config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        shared = next((folder for folder in SHARED_FOLDERS if nodeid.startswith(folder)), None)
        return shared or nodeid.partition("::")[0]


def sort_slowest_first(items: list[pytest.Item]) -> None:
    """Sort the collected tests. Files are distributed in this order."""
    items.sort(key=lambda item: _position(item.nodeid))


def _position(nodeid: str) -> int:
    return next((n for n, start in enumerate(SLOWEST) if nodeid.startswith(start)), len(SLOWEST))
