"""Limit the rate of each sender, with a token bucket in Redis that all workers share.

If Redis loses its data, one second's worth of messages may be sent on top.
"""

from typing import Any
from uuid import UUID

from django.core.cache import caches
from redis import Redis

# The bucket holds the tokens of one second and is refilled by the clock of the Redis server.
TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local rate, want = tonumber(ARGV[1]), tonumber(ARGV[2])
local room = math.max(rate, 1)
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or room
local at = tonumber(held[2]) or now
tokens = math.min(room, tokens + (now - at) * rate)
local given = math.max(0, math.min(want, math.floor(tokens)))
redis.call('HSET', KEYS[1], 'tokens', tokens - given, 'at', now)
redis.call('EXPIRE', KEYS[1], math.ceil(room / rate) + 60)
return given
"""


def take_tokens(sender_id: UUID, *, rate: float, want: int) -> int:
    """Take up to `want` tokens. Return how many the rate allows now."""
    given: Any = redis().eval(TAKE, 1, _key(sender_id), str(rate), str(want))
    return int(given)


def give_back_tokens(sender_id: UUID, tokens: int) -> None:
    """Return tokens that were not used."""
    if tokens:
        redis().hincrbyfloat(_key(sender_id), "tokens", tokens)


def _key(sender_id: UUID) -> str:
    return f"rate:{sender_id}"


def redis() -> "Redis":
    client: Redis = caches["default"]._cache.get_client(write=True)  # type: ignore[attr-defined]  # Django hides it
    return client
