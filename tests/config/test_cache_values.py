"""Values from Redis are data, and reading them never runs code."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from redis import Redis

KEY = "bomb"


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with Redis.from_url(settings.CACHES["default"]["LOCATION"]) as client:
        yield client
        client.delete(cache.make_key(KEY))


def test_pickle_in_redis_does_not_run(redis: Redis, tmp_path: Path) -> None:
    exploded = tmp_path / "exploded"
    bomb = pickle.dumps(Bomb(exploded))
    pickle.loads(bomb)  # noqa: S301 - it would have
    assert exploded.exists()
    exploded.unlink()

    redis.set(cache.make_key(KEY), bomb)
    with pytest.raises(ValueError, match="codec"):
        cache.get(KEY)

    assert not exploded.exists()


@pytest.mark.parametrize("value", [0, 7, True, None, "7", "ñandú 😀", 1.5, [1.5, 2], {"a": [None]}])
def test_value_is_read_as_written(value: object) -> None:
    cache.set(KEY, value, timeout=5)

    assert cache.get(KEY, "missing") == value
    assert type(cache.get(KEY)) is type(value)


def test_counter_can_be_incremented() -> None:
    cache.set(KEY, 1, timeout=5)

    assert cache.incr(KEY) == 2


def test_value_that_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set(KEY, object(), timeout=5)
