"""Pages for whoever holds a link. There is no session to protect, so no CSRF token either."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging.public import pages
from messaging.public.limits import limited
from workspaces.access import public

T = TypeVar("T")
Page = Callable[[HttpRequest, str, T], HttpResponse]


def behind_token(
    find: Callable[[str], T | None], *, why: str
) -> Callable[[Page[T]], Callable[..., HttpResponseBase]]:
    """The page gets what the token leads to; where it leads nowhere, it says nothing about why."""

    def decorate(page: Page[T]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public(why)
        @require_http_methods(["GET", "HEAD", "POST"])
        @limited
        @wraps(page)
        def found(request: HttpRequest, token: str) -> HttpResponse:
            what = find(token)
            return pages.gone(request) if what is None else page(request, token, what)

        return found

    return decorate
