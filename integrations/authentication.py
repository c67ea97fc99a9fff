"""Who calls: a program with its key, or a member with their session."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils import translation
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from core.api.problems import ApiError
from core.origin import client_address
from integrations import api_keys
from integrations.models import ApiKey
from workspaces.middleware import TenantMiddleware
from workspaces.models import User

PREFIX = "/api/"
SCHEME = "bearer"


class KeyDoor:
    """A key stands for whoever made it: the tenant's door opens as it does for them.

    Whoever sends a key is judged by it alone: a session beside it does not help, and neither that
    nor a browser's language is looked for on the way to the view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.within = TenantMiddleware(_straight_to_the_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get("Authorization")
        if not said or not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        self._recognise(request, said)
        with translation.override(settings.LANGUAGE_CODE):
            return self.within(request)

    def _recognise(self, request: HttpRequest, said: str) -> None:
        scheme, _space, words = said.partition(" ")
        request.user = AnonymousUser()
        try:
            if scheme.lower() != SCHEME:
                raise api_keys.RefusedKeyError(api_keys.KeyRefusal.UNKNOWN)
            key = api_keys.authenticate_key(words.strip(), address=client_address(request))
        except api_keys.RefusedKeyError as refused:
            request.key_refusal = refused.refusal  # type: ignore[attr-defined]
            return
        assert key.made_by  # an orphaned key is refused
        request.api_key = key  # type: ignore[attr-defined]
        request.user = key.made_by


def _straight_to_the_view(request: HttpRequest) -> HttpResponse:
    request.resolver_match = match = resolve(request.path_info)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if not response.streaming:
        response["Content-Length"] = str(len(response.content))
    return response


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        refusal = getattr(request._request, "key_refusal", None)
        if refusal == api_keys.KeyRefusal.ADDRESS:
            raise ApiError("address_not_allowed")
        if refusal:
            raise ApiError(refusal)
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is None or key.made_by is None:
            return None
        api_keys.record_use(key)
        return key.made_by, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="api"'


class MemberAuthentication(SessionAuthentication):
    """For the page that describes the API; what changes something needs the page's CSRF token."""
