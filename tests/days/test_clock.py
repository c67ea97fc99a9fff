"""A shifted clock is everybody's clock: this process's, its children's and the servers'."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.config.conftest import Place, place
from tests.days import clock

__all__ = ["place"]

EVERYBODYS_TIME = """
import json, socket, subprocess, sys, time
from config import embedded
from config.embedded import postgres
embedded.ensure()
with postgres._connect() as connection:
    (of_postgres,) = connection.execute("SELECT extract(epoch FROM now())::float").fetchone()
with socket.socket(socket.AF_UNIX) as redis:
    redis.connect(str(embedded.local() / "run" / "redis.sock"))
    redis.sendall(b"TIME\\r\\n")
    of_redis = float(redis.recv(100).split()[2])
child = [sys.executable, "-c", "import time; print(time.time())"]
time.sleep(0.01)
print(json.dumps([time.time(), float(subprocess.check_output(child)), of_postgres, of_redis]))
"""


def test_shifted_clock_is_shared_by_all_processes(place: Place) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    try:
        shifted = clock.environment(moment)
    except clock.NoClockError as error:
        pytest.skip(str(error))

    times = json.loads(place.run(EVERYBODYS_TIME, **shifted))

    for seen in times:
        assert 0 <= seen - moment.timestamp() < 60
