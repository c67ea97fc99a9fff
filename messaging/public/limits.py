"""Nobody tries many links: so many visits a minute from one address, and no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from messaging import limits
from messaging.public import pages
from workspaces.origin import client_address

VISITS_A_MINUTE = 60

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if limits.times(f"patient-pages:{client_address(request)}", seconds=60) > VISITS_A_MINUTE:
            return pages.busy(request)
        return view(request, *args, **kwargs)

    return guarded
