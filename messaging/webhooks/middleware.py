from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

PREFIX = "/webhooks/"


class WebhookMiddleware:
    """Skip the rest of the middleware for webhooks.

    Their callers have no session, language or sign-in. With the whole chain a call takes 1.7 ms of
    CPU instead of 1.3, and `bench webhooks` reaches 0.54 of its bare view instead of 0.66; it must
    hold 0.6. Stored calls are rows and refused calls are counted, so the request log adds nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response["Content-Length"] = str(len(response.content))
        response["X-Content-Type-Options"] = "nosniff"
        return response
