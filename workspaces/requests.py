from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from workspaces.models import User, Workspace


class MemberRequest(HttpRequest):
    """The request that a view behind `@member` gets: the user belongs to `workspace`."""

    user: User
    workspace: Workspace
    htmx: HtmxDetails
