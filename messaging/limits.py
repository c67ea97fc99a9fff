"""How often something was done lately, counted where every process sees it."""

from django.core.cache import cache


def count_recent(key: str, *, seconds: int) -> int:
    """This time included; the count begins anew when so many seconds are over."""
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it lapsed between the two commands
        return 1
