"""The page Settings: everything that a clinic sets up once, in groups."""

from django.http import HttpResponse
from django.shortcuts import render

from config import member_pages
from workspaces.access import member
from workspaces.requests import MemberRequest


@member()
def index(request: MemberRequest) -> HttpResponse:
    groups = member_pages.settings_groups_of(request.user)
    return render(request, "settings.html", {"groups": groups})
