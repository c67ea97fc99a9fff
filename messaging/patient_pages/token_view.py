"""Views behind a token in the link. They have no session, so they need no CSRF token either."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging import limits
from messaging.patient_pages import pages
from messaging.patient_pages.limits import limit_visits
from workspaces.access import public

AN_HOUR = 3600

T = TypeVar("T")
Page = Callable[[HttpRequest, str, T], HttpResponse]


def token_page(
    find: Callable[[str], T | None], *, why: str, posts_an_hour: int | None = None
) -> Callable[[Page[T]], Callable[..., HttpResponseBase]]:
    """Call the view with what `find` returns for the token, or answer 404 without a reason.

    `posts_an_hour` limits one link, whatever networks the requests come from: each answer may
    send a mail to the clinic and a webhook to its systems.
    """

    def decorate(page: Page[T]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public(why)
        @require_http_methods(["GET", "HEAD", "POST"])
        @limit_visits
        @wraps(page)
        def view_with_target(request: HttpRequest, token: str) -> HttpResponse:
            target = find(token)
            if target is None:
                return pages.render_not_found(request)
            if posts_an_hour and request.method == "POST":
                is_busy = limits.count_recent(f"posts:{token}", seconds=AN_HOUR) > posts_an_hour
                if is_busy:
                    return pages.render_too_many_requests(request)
            return page(request, token, target)

        return view_with_target

    return decorate
