"""Nobody tries many links: so many visits a minute from one address, and no more.

Mail providers unsubscribe for all of their users from a few addresses, so they are counted apart.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.origin import client_network
from messaging import limits
from messaging.patient_pages import pages

VISITS_A_MINUTE = 60
ONE_CLICKS_A_MINUTE = 600

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one_click = is_one_click(request)
        name, most = (
            ("one-clicks", ONE_CLICKS_A_MINUTE) if one_click else ("patient-pages", VISITS_A_MINUTE)
        )
        if limits.count_recent(f"{name}:{client_network(request)}", seconds=60) > most:
            return pages.busy(request)
        return view(request, *args, **kwargs)

    return guarded


def is_one_click(request: HttpRequest) -> bool:
    """Whether a mail provider unsubscribes for its user, as the List-Unsubscribe-Post header says.

    Only a POST is looked at, so following the link changes nothing.
    """
    return request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
