from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workspaces import entitlements
from workspaces.access import Can, may, member
from workspaces.models import Workspace
from workspaces.requests import MemberRequest


@dataclass(frozen=True)
class Step:
    why: str
    what: str
    where: str


@member()
def home(request: MemberRequest) -> HttpResponse:
    """Where to go on. What campaigns do is told by their own floor, in a panel of this page."""
    steps = list(next_steps(request.workspace)) if may(request.user, Can.MANAGE_WORKSPACE) else []
    return render(request, "workspaces/home.html", {"steps": steps})


def next_steps(workspace: Workspace) -> Iterator[Step]:
    for practice in workspace.practices.filter(google_place_id="").order_by("name"):
        yield Step(
            _("“%(name)s” is not connected to Google: nobody can be led to its reviews.")
            % {"name": practice.name},
            _("Connect it"),
            reverse("practice_edit", args=[practice.pk]),
        )
    seats, taken = entitlements.of(workspace).users, entitlements.seats_taken(workspace)
    if taken == 1 and seats != 1:
        yield Step(
            _("You are alone here. Receptionists can upload the lists, doctors see their own."),
            _("Invite someone"),
            reverse("invite"),
        )
