"""What is still to be set up, for the owner, and the way to the first rating."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import CampaignStatus
from insights import filters as filtering
from workspaces import entitlements
from workspaces.access import Can, may
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class NextStep:
    why: str
    what: str
    where: str


def find_next_steps(workspace: Workspace, user: User) -> Iterator[NextStep]:
    """Yield what the user could do next, of what they may do."""
    unconnected = workspace.practices.filter(google_place_id="", google_review_link="")
    for practice in unconnected.order_by("name") if may(user, Can.MANAGE_PRACTICES) else ():
        yield NextStep(
            _("“%(name)s” is not connected to Google: nobody can be led to its reviews.")
            % {"name": practice.name},
            _("Connect it"),
            reverse("practice_edit", args=[practice.pk]),
        )
    seats, taken = entitlements.limits_of(workspace).users, entitlements.seats_taken(workspace)
    if taken == 1 and seats != 1 and may(user, Can.MANAGE_USERS):
        yield NextStep(
            _("You are alone here. Receptionists can upload the lists, doctors see their own."),
            _("Invite someone"),
            reverse("invite"),
        )


def find_first_step(workspace: Workspace, user: User) -> NextStep | None:
    """Return what leads to the first ask. None if only somebody else can do it."""
    permission, step = _first_step(workspace, user)
    return step if may(user, permission) else None


def _first_step(workspace: Workspace, user: User) -> tuple[Can, NextStep]:
    if not workspace.practices.exists():
        return Can.MANAGE_PRACTICES, NextStep(
            _("Begin with the place where your patients are seen."),
            _("Add a practice"),
            reverse("practice_new"),
        )
    statuses = set(filtering.campaigns(workspace, visible_to=user).values_list("status", flat=True))
    if CampaignStatus.ACTIVE in statuses:
        return Can.UPLOAD_LISTS, NextStep(
            _("Your campaign is active. It needs a list of appointments."),
            _("Upload a list"),
            reverse("imports"),
        )
    if statuses & {CampaignStatus.DRAFT, CampaignStatus.PAUSED}:
        return Can.SEE_CAMPAIGN_NAMES, NextStep(
            _("Nobody is asked until a campaign is activated."),
            _("See the campaigns"),
            reverse("campaigns"),
        )
    return Can.MANAGE_CAMPAIGNS, NextStep(
        _("A campaign asks the patients of one practice how their visit was."),
        _("Create the first campaign"),
        reverse("campaign_new"),
    )
