from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns import actions, handover
from campaigns.forms import CampaignForm, CampaignHandoverForm, TextsForm
from campaigns.models import Campaign, CampaignQuerySet, CampaignStatus, CampaignTemplate
from core.errors import ProblemError
from core.paging import render_partial
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

PANEL_SIZE = 5


def visible_campaigns(request: MemberRequest) -> CampaignQuerySet:
    campaigns = Campaign.objects.within(request.workspace).visible_to(request.user)
    return campaigns.select_related("practice", "created_by")


@member(Can.SEE_CAMPAIGN_NAMES)
def panel(request: MemberRequest) -> HttpResponse:
    """Render the campaigns for the home page, which loads them with htmx.

    Members who see no more than the names of campaigns get a shorter list, without any statuses.
    """
    campaigns = visible_campaigns(request).order_by("-pk")
    if not may(request.user, Can.SEE_CAMPAIGNS):
        first = list(campaigns[: PANEL_SIZE + 1])
        context = {"running": first[:PANEL_SIZE], "has_more": len(first) > PANEL_SIZE}
        return render(request, "campaigns/panel.html", context)
    counts = campaigns.count_by_status()
    running = campaigns.filter(status__in=(CampaignStatus.ACTIVE, CampaignStatus.PAUSED))
    context = {
        "running": running[:PANEL_SIZE],
        "counts": counts,
        "has_any": any(count for _status, _label, count in counts),
        "has_practice": request.workspace.practices.exists(),
    }
    return render(request, "campaigns/panel.html", context)


@member(Can.MANAGE_CAMPAIGNS)
def new(request: MemberRequest) -> HttpResponse:
    if not request.workspace.practices.exists():
        return render(request, "campaigns/no_practice.html")
    blank = Campaign(
        workspace=request.workspace,
        reminder_after_hours=request.workspace.reminder_after_hours,
    )
    form = CampaignForm(request.POST or None, instance=blank)
    if request.method == "POST" and form.is_valid():
        campaign = actions.create_campaign(
            details=form.details(), by=request.user, key=form.new_id()
        )
        messages.success(request, _("“%(name)s” is saved.") % vars(campaign))
        return redirect("campaign", campaign.pk)
    return render(request, "campaigns/campaign_form.html", {"form": form})


@member(Can.MANAGE_CAMPAIGNS)
def edit(request: MemberRequest, campaign: UUID) -> HttpResponse:
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    actions.require_open(found)
    form = CampaignForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_campaign(
                campaign=found,
                details=form.details(),
                by=request.user,
                seen_at=form.seen_at(),
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
            form.accept_changes_of_others()
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("campaign", found.pk)
    return render(request, "campaigns/campaign_form.html", {"form": form, "campaign": found})


@member(Can.MANAGE_CAMPAIGNS)
def hand_over(request: MemberRequest, campaign: UUID) -> HttpResponse:
    """Put a colleague in charge. A doctor who does so no longer sees the campaign."""
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    form = CampaignHandoverForm(request.POST or None, campaign=found)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            handover.hand_over_campaign(
                campaign=found, to=to, seen=form.cleaned_data["seen"], by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(
                request,
                _("%(name)s is in charge of “%(campaign)s” now.")
                % {"name": to.name, "campaign": found.name},
            )
            is_seen = visible_campaigns(request).filter(pk=found.pk).exists()
            return redirect("campaign", found.pk) if is_seen else redirect("campaigns")
    return render(request, "campaigns/hand_over.html", {"campaign": found, "form": form})


@member(Can.MANAGE_CAMPAIGNS)
@require_POST
def activate(request: MemberRequest, campaign: UUID) -> HttpResponse:
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    actions.activate_campaign(campaign=found, by=request.user)
    messages.success(
        request, _("“%(name)s” is active: patients are asked as their time comes.") % vars(found)
    )
    return redirect("campaign", found.pk)


@member(Can.MANAGE_CAMPAIGNS)
@require_POST
def pause(request: MemberRequest, campaign: UUID) -> HttpResponse:
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    actions.pause_campaign(campaign=found, by=request.user)
    messages.success(
        request, _("“%(name)s” is paused: nobody is asked until you resume it.") % vars(found)
    )
    return redirect("campaign", found.pk)


@member(Can.MANAGE_CAMPAIGNS)
def complete(request: MemberRequest, campaign: UUID) -> HttpResponse:
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    if request.method == "POST":
        actions.complete_campaign(campaign=found, by=request.user)
        messages.success(request, _("“%(name)s” is completed.") % vars(found))
        return redirect("campaign", found.pk)
    return render(request, "campaigns/campaign_complete.html", {"campaign": found})


@member(Can.MANAGE_CAMPAIGNS)
def cancel(request: MemberRequest, campaign: UUID) -> HttpResponse:
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    if request.method == "POST":
        actions.cancel_campaign(campaign=found, by=request.user)
        messages.success(request, _("“%(name)s” is cancelled for good.") % vars(found))
        return redirect("campaign", found.pk)
    return render(request, "campaigns/campaign_cancel.html", {"campaign": found})


@member(Can.MANAGE_CAMPAIGNS)
def texts(request: MemberRequest, campaign: UUID) -> HttpResponse:
    """Show the campaign's texts as a part of its page, and choose them on a page of its own."""
    found = get_object_or_404(visible_campaigns(request), pk=campaign)
    form = TextsForm(request.POST or None, campaign=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_campaign_texts(
                campaign=found, texts=form.chosen_texts(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("campaign", found.pk)
    own = found.own_templates.select_related("template").order_by("template__type", "pk")
    context = {"campaign": found, "form": form, "own": [row.template for row in own]}
    return render_partial(request, "campaigns/texts.html", "part", context)


@member(Can.SEE_TEXTS)
def own_texts(request: MemberRequest) -> HttpResponse:
    """Render which campaigns chose which text, for the list of texts in `templates_app`."""
    campaigns = visible_campaigns(request)
    choices = CampaignTemplate.objects.within(request.workspace).filter(campaign__in=campaigns)
    names_by_text: dict[UUID, list[str]] = defaultdict(list)
    rows = choices.order_by("campaign__name").values_list("template_id", "campaign__name")
    for template_id, campaign_name in rows:
        names_by_text[template_id].append(campaign_name)
    return render(request, "campaigns/own_texts.html", {"by_text": names_by_text.items()})


@member(Can.SEE_TEXTS)
def campaigns_of_text(request: MemberRequest, template: UUID) -> HttpResponse:
    """Render the campaigns that chose a text, for the page of the text in `templates_app`."""
    found = get_object_or_404(request.workspace.templates, pk=template)
    own = CampaignTemplate.objects.within(request.workspace).filter(template=found)
    campaigns = visible_campaigns(request).filter(pk__in=own.values("campaign")).order_by("name")
    context = {"template": found, "campaigns": campaigns}
    return render(request, "campaigns/users_of_text.html", context)
