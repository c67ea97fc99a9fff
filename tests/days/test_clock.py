"""A shifted clock applies to the process, its children, PostgreSQL and Redis."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from config.embedded import ROOT
from tests.days import clock
from tests.days.__main__ import TESTS
from tests.local_servers import LocalServers, place

__all__ = ["place"]

PRINT_ALL_TIMES = """
import json, socket, subprocess, sys, time
from config import embedded
from config.embedded import postgres
embedded.ensure()
with postgres._connect() as connection:
    (postgres_time,) = connection.execute("SELECT extract(epoch FROM now())::float").fetchone()
with socket.socket(socket.AF_UNIX) as redis:
    redis.connect(str(embedded.local() / "run" / "redis.sock"))
    redis.sendall(b"TIME\\r\\n")
    redis_time = float(redis.recv(100).split()[2])
child = [sys.executable, "-c", "import time; print(time.time())"]
time.sleep(0.01)
print(json.dumps([time.time(), float(subprocess.check_output(child)), postgres_time, redis_time]))
"""


def test_shifted_clock_is_shared_by_all_processes(place: LocalServers) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    try:
        shifted = clock.environment(moment)
    except clock.NoClockError as error:
        pytest.skip(str(error))

    times = json.loads(place.run(PRINT_ALL_TIMES, **shifted))

    for time in times:
        assert 0 <= time - moment.timestamp() < 60


def test_tests_of_other_days_exist() -> None:
    assert [path for path in TESTS if not (ROOT / path).exists()] == []
