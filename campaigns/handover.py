"""Put somebody else in charge of a campaign. They see its patients and results from then on."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Campaign
from core import audit
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.access import Can
from workspaces.handover import Belonging, require_recipient
from workspaces.models import User


@transaction.atomic
def hand_over_campaign(*, campaign: Campaign, to: User, by: User, seen: UUID | None) -> Campaign:
    """Put `to` in charge, unless somebody else than `seen` is in charge by now."""
    # Members are suspended and removed under this lock, so `to` stays while we look.
    entitlements.lock_workspace(campaign.workspace)
    rows = Campaign.objects.within(campaign.workspace_id).select_for_update(of=("self",))
    locked = rows.select_related("created_by").get(pk=campaign.pk)
    if locked.created_by_id != seen:
        raise ProblemError(_("This campaign was handed over a moment ago. Reload the page."))
    to = require_recipient(
        to,
        Can.MANAGE_CAMPAIGNS,
        workspace_id=campaign.workspace_id,
        instead_of=locked.created_by,
    )
    _put_in_charge(locked, to, by=by)
    return locked


def _put_in_charge(campaign: Campaign, to: User, *, by: User) -> None:
    before = campaign.created_by.name if campaign.created_by else ""
    campaign.created_by = to
    campaign.save(update_fields=["created_by", "updated_at"])
    audit.record(
        "campaign.hand_over",
        campaign,
        by=by,
        name=campaign.name,
        old={"in_charge": before},
        new={"in_charge": to.name},
    )


def _count_campaigns(member: User) -> int:
    return Campaign.objects.filter(created_by=member).count()


def _hand_over_campaigns(*, member: User, to: User | None, by: User) -> None:
    if to is None:
        return
    rows = Campaign.objects.filter(created_by=member).select_related("created_by")
    for campaign in rows.select_for_update(of=("self",)).order_by("pk"):
        _put_in_charge(campaign, to, by=by)


CAMPAIGNS = Belonging(
    label=lambda count: (
        ngettext(
            "Who takes over %(count)d campaign, with its patients and results?",
            "Who takes over %(count)d campaigns, with their patients and results?",
            count,
        )
        % {"count": count}
    ),
    without_recipient=gettext_lazy("Nobody: only those who see all results see them"),
    permission=Can.MANAGE_CAMPAIGNS,
    count=_count_campaigns,
    hand_over=_hand_over_campaigns,
)
