"""How many calls a minute each API key, or each member, may make."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

# DRF imports this module while it imports its own views.
if TYPE_CHECKING:
    from rest_framework.views import APIView


class CallerRateThrottle(SimpleRateThrottle):
    """Limit each caller to `API_RATE` calls a minute, counted in Redis for all servers."""

    scope = "caller"

    def get_rate(self) -> str:
        return f"{settings.API_RATE}/min"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:  # noqa: ARG002
        if not request.user.is_authenticated:
            return None
        caller = request.auth or request.user
        return f"api-rate:{caller.pk}"
