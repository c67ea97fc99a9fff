"""What is still to be set up, for the owner."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from workspaces import entitlements
from workspaces.models import Workspace


@dataclass(frozen=True)
class NextStep:
    why: str
    what: str
    where: str


def find_next_steps(workspace: Workspace) -> Iterator[NextStep]:
    for practice in workspace.practices.filter(google_place_id="", google_review_link="").order_by(
        "name"
    ):
        yield NextStep(
            _("“%(name)s” is not connected to Google: nobody can be led to its reviews.")
            % {"name": practice.name},
            _("Connect it"),
            reverse("practice_edit", args=[practice.pk]),
        )
    seats, taken = entitlements.limits_of(workspace).users, entitlements.seats_taken(workspace)
    if taken == 1 and seats != 1:
        yield NextStep(
            _("You are alone here. Receptionists can upload the lists, doctors see their own."),
            _("Invite someone"),
            reverse("invite"),
        )
