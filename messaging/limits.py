"""Count in the cache, for all processes, how often something was done lately."""

from django.core.cache import cache


def count_recent(key: str, *, seconds: int) -> int:
    """Return the count including this time. It begins anew after so many seconds."""
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two commands
        return 1
