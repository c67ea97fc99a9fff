"""Limit rates with token buckets in Redis that all workers share.

If Redis loses its data, one bucket's worth of tokens may be taken on top.
"""

from typing import Any, NamedTuple

from django.core.cache import caches
from redis import Redis

# The bucket holds at most `room` tokens and is refilled by the clock of the Redis server. The last
# `keep` of them are left for others.
TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local rate, room = tonumber(ARGV[1]), tonumber(ARGV[2])
local want, keep = tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or room
local at = tonumber(held[2]) or now
tokens = math.min(room, tokens + (now - at) * rate)
local given = math.max(0, math.min(want, math.floor(tokens - keep)))
redis.call('HSET', KEYS[1], 'tokens', tokens - given, 'at', now)
redis.call('EXPIRE', KEYS[1], math.ceil(room / rate) + 60)
return {given, tostring(math.max(0, (keep + 1 - tokens + given) / rate))}
"""


class Grant(NamedTuple):
    tokens: int
    # In how many seconds there is another one.
    wait: float


def take(key: str, *, rate: float, room: float, want: int = 1, keep: float = 0) -> Grant:
    """Take up to `want` tokens of a bucket that is refilled with `rate` tokens a second."""
    answer: Any = redis().eval(TAKE, 1, key, str(rate), str(room), str(want), str(keep))
    tokens, wait = answer
    return Grant(int(tokens), float(wait))


def give_back(key: str, tokens: int) -> None:
    """Return tokens that were not used."""
    if tokens:
        redis().hincrbyfloat(key, "tokens", tokens)


def redis() -> "Redis":
    client: Redis = caches["default"]._cache.get_client(write=True)  # type: ignore[attr-defined]  # Django hides it
    return client
