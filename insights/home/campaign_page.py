"""The page of a campaign. It is here because campaigns cannot import patients and messages.

A doctor sees her own patients of a colleague's campaign, and can do nothing with the campaign.
"""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from campaigns import readiness
from campaigns.models import Campaign, CampaignStatus
from campaigns.visibility import results_visible_to
from insights import periods, reading
from insights.filters import Filters
from insights.home import campaign_people, outlook
from insights.periods import Period
from insights.scope import Scope
from messaging.error_codes import meaning_of
from patients.campaigns_seen import campaigns_seen_by
from patients.visibility import sees_own_patients_elsewhere
from workspaces import audit_trail
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest


@member(Can.SEE_CAMPAIGNS)
def index(request: MemberRequest, campaign: UUID) -> HttpResponse:
    shown = _get_campaign(request, campaign)
    is_whole = _is_seen_whole(request, shown)
    may_manage = is_whole and may(request.user, Can.MANAGE_CAMPAIGNS)
    may_start = is_whole and shown.may_become(CampaignStatus.ACTIVE)
    context = {
        "campaign": shown,
        "is_whole": is_whole,
        "may_manage": may_manage,
        "may_upload": is_whole and shown.is_open and may(request.user, Can.UPLOAD_LISTS),
        "may_become": {s.name for s in CampaignStatus if shown.may_become(s)},
        "lacking": readiness.missing(shown) if may_start else [],
        "history": audit_trail.trail_of(shown) if is_whole else [],
    }
    return render(request, "campaigns/campaign.html", context)


@member(Can.SEE_CAMPAIGNS)
def results(request: MemberRequest, campaign: UUID) -> HttpResponse:
    """The results panel of the campaign page, which loads it by htmx."""
    shown = _get_campaign(request, campaign)
    is_whole = _is_seen_whole(request, shown)
    today = periods.latest_local_date(request.workspace)
    period = Period(shown.created_at.date() - timedelta(days=1), today)
    filters = Filters(campaign=shown.pk)
    points = reading.read_series(request.workspace, period, filters, visible_to=request.user)
    context = {
        "campaign": shown,
        "is_whole": is_whole,
        "may_upload": is_whole and shown.is_open and may(request.user, Can.UPLOAD_LISTS),
        "now": reading.read_figures(request.workspace, period, filters, visible_to=request.user),
        "points": points,
        "scope": Scope(period, filters),
        "failures": [
            (meaning_of(failure.code).explanation, failure.count)
            for failure in reading.read_failures(
                request.workspace, period, filters, visible_to=request.user
            )
        ],
        "outlook": outlook.read_outlook(request.workspace, visible_to=request.user, campaign=shown),
        "comments": campaign_people.read_newest_comments(shown, period, visible_to=request.user),
        "visits": campaign_people.read_newest_visits(shown, visible_to=request.user),
    }
    return render(request, "insights/home/campaign.html", context)


def _get_campaign(request: MemberRequest, key: UUID) -> Campaign:
    seen = campaigns_seen_by(request.user, within=request.workspace)
    found: Campaign = get_object_or_404(
        seen.select_related("practice", "created_by", "workspace"), pk=key
    )
    return found


def _is_seen_whole(request: MemberRequest, campaign: Campaign) -> bool:
    """Return False if the member sees only her own patients of the campaign."""
    if not sees_own_patients_elsewhere(request.user):
        return True
    whole = Campaign.objects.within(request.workspace).filter(results_visible_to(request.user))
    return whole.filter(pk=campaign.pk).exists()
