from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from workspaces.models import User, Workspace


class MemberRequest(HttpRequest):
    """A request behind `@member`: someone of a workspace, whose door is open."""

    user: User
    workspace: Workspace
    htmx: HtmxDetails
