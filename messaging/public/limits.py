"""Nobody tries many links: so many visits a minute from one address, and no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from messaging.public import pages
from workspaces.origin import client_address

VISITS_A_MINUTE = 60

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = f"patient-pages:{client_address(request)}"
        cache.add(key, 0, timeout=60)
        if _count(key) > VISITS_A_MINUTE:
            return pages.busy(request)
        return view(request, *args, **kwargs)

    return guarded


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # it lapsed between the two commands
        return 1
