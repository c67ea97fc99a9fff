"""Who calls the API: a program with its key, or a member with their session."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from core.api.problems import ApiError
from integrations import api_keys
from integrations.models import ApiKey
from workspaces.models import User


class ApiKeyAuthentication(BaseAuthentication):
    """Takes the key that ApiKeyMiddleware has looked up; the caller is the person who made it."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        refusal: api_keys.KeyRefusal | None = getattr(request._request, "key_refusal", None)
        if refusal:
            raise ApiError(refusal)
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is None or key.made_by is None:
            return None
        api_keys.record_use(key)
        return key.made_by, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="api"'


class MemberSessionAuthentication(SessionAuthentication):
    """For the page that describes the API. Writes need the page's CSRF token."""
