from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from core.api.problems import API_PREFIX
from core.origin import client_address
from integrations import api_keys


class ApiKeyMiddleware:
    """Makes the person who made the API key the user of the request.

    It comes before TenantMiddleware, which then opens the workspace of that person. A request with
    an Authorization header is judged by the header alone, so a session beside a key does not help.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        authorization = request.headers.get("Authorization")
        if authorization and request.path_info.startswith(API_PREFIX):
            self._authenticate(request, authorization)
        return self.get_response(request)

    def _authenticate(self, request: HttpRequest, authorization: str) -> None:
        """Set the user and the key, or why the key is refused: the view answers with that."""
        request.user = AnonymousUser()
        token = api_keys.read_bearer_token(authorization)
        try:
            key = api_keys.authenticate_key(token, address=client_address(request))
        except api_keys.RefusedKeyError as error:
            request.key_refusal = error.refusal  # type: ignore[attr-defined]
            return
        assert key.made_by  # a key without its maker is refused
        request.api_key = key  # type: ignore[attr-defined]
        request.user = key.made_by
