"""Pages for whoever holds a link. There is no session to protect, so no CSRF token either."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging import limits
from messaging.patient_pages import pages
from messaging.patient_pages.limits import limited
from workspaces.access import public

AN_HOUR = 3600

T = TypeVar("T")
Page = Callable[[HttpRequest, str, T], HttpResponse]


def behind_token(
    find: Callable[[str], T | None], *, why: str, posts_an_hour: int | None = None
) -> Callable[[Page[T]], Callable[..., HttpResponseBase]]:
    """The page gets what the token leads to; where it leads nowhere, it says nothing about why.

    From any number of addresses so much is written through one link, and no more: each answer may
    send a mail to the clinic and a webhook to its systems.
    """

    def decorate(page: Page[T]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public(why)
        @require_http_methods(["GET", "HEAD", "POST"])
        @limited
        @wraps(page)
        def found(request: HttpRequest, token: str) -> HttpResponse:
            what = find(token)
            if what is None:
                return pages.gone(request)
            if posts_an_hour and request.method == "POST":
                is_busy = limits.count_recent(f"posts:{token}", seconds=AN_HOUR) > posts_an_hour
                if is_busy:
                    return pages.busy(request)
            return page(request, token, what)

        return found

    return decorate
