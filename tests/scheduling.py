"""Which process of pytest-xdist runs which tests: whole files, those that take longest first."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# They share one demo, so they are one unit of work.
JOURNEYS = "tests/journeys/"
# By their seconds on two quiet cores. If one came last, every other process would wait for it.
LONGEST = (
    JOURNEYS,
    "tests/chaos/test_chaos.py",
    "tests/guards/test_addresses.py",
    "tests/config/test_embedded.py",
    "tests/messaging/test_promises.py",
    "tests/config/test_admin.py",
    "tests/dev/test_seed_demo.py",
    "tests/core/api/test_described.py",
    "tests/guards/test_query_counts.py",
    "tests/patients/imports/test_concurrency.py",
    "tests/patients/lists/test_hostile_files.py",
    "tests/dev/test_bench.py",
)


class FilesLongestFirst(LoadScopeScheduling):
    """A file stays together, so that what its tests share is made once and not once a process."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self.config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.partition("::")[0]


def put_longest_first(items: list[pytest.Item]) -> None:
    """Sort what a process collected, which is the order in which files are distributed."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    return next((n for n, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))
