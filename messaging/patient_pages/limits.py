"""Limit the visits a minute from one network, so that nobody can guess links by trying many.

Mail providers unsubscribe for all of their users from a few addresses. They have a higher limit.
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

PageView = Callable[..., HttpResponse]


def limit_visits(view: PageView) -> PageView:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one_click = is_one_click_unsubscribe(request)
        name, max_visits = (
            ("one-clicks", ONE_CLICKS_A_MINUTE) if one_click else ("patient-pages", VISITS_A_MINUTE)
        )
        if limits.count_recent(f"{name}:{client_network(request)}", seconds=60) > max_visits:
            return pages.render_too_many_requests(request)
        return view(request, *args, **kwargs)

    return guarded


def is_one_click_unsubscribe(request: HttpRequest) -> bool:
    """Return whether a mail provider unsubscribes for its user (RFC 8058).

    Only a POST counts, so following the link changes nothing.
    """
    return request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
