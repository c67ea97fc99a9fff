"""How many calls a minute a key, or a member, may make: counted in Redis for all servers."""

import math
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from redis import Redis

from core.api.problems import ApiError

# A bucket that holds a minute's calls, refilled as time passes by the server's own clock. It tells
# how many are left, or as a negative number in how many milliseconds the next one will be there.
TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local room = tonumber(ARGV[1])
local refill = room / 60000
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or room
local at = tonumber(held[2]) or now
tokens = math.min(room, tokens + math.max(0, now - at) * refill)
if tokens < 1 then
    return -math.ceil((1 - tokens) / refill)
end
redis.call('HSET', KEYS[1], 'tokens', tokens - 1, 'at', now)
redis.call('PEXPIRE', KEYS[1], 61000)
return math.floor(tokens - 1)
"""


def take(caller: str) -> None:
    left: Any = _redis().eval(TAKE, 1, f"api-rate:{caller}", str(settings.API_RATE))
    if int(left) < 0:
        wait = max(1, math.ceil(-int(left) / 1000))
        raise ApiError(
            "too_many_requests",
            _("At most %(many)d requests a minute. Try again in %(wait)d s.")
            % {"many": settings.API_RATE, "wait": wait},
            headers={"Retry-After": str(wait)},
        )


def _redis() -> "Redis":
    return _client(settings.CACHES["default"]["LOCATION"])


@cache
def _client(url: str) -> "Redis":
    """Kept, for making one takes longer than asking it."""
    return Redis.from_url(url)
