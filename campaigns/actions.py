"""What is done to a campaign. Nothing here sends: a message appears only when it is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import readiness
from campaigns.models import Campaign, CampaignStatus, CampaignTemplate
from core import audit
from core.errors import ProblemError
from core.ids import uuid7
from integrations.webhooks.outbox import enqueue_event
from templates_app.models import Template
from workspaces.models import Practice, User


@dataclass(frozen=True)
class CampaignDetails:
    """What a form, the API or the seed says about a campaign."""

    name: str
    practice: Practice
    description: str = ""
    scheduled_hours_after: int = 2
    reminder_after_hours: int | None = None
    is_ongoing: bool = False


@transaction.atomic
def create_campaign(*, plan: CampaignDetails, by: User, key: UUID | None = None) -> Campaign:
    """The same key twice by the same person is the same wish: it leads to the one campaign."""
    mine = Campaign.objects.within(plan.practice.workspace_id).filter(created_by=by)
    campaign = Campaign(
        id=key or uuid7(),
        workspace_id=plan.practice.workspace_id,
        created_by=by,
        **vars(plan),
    )
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError:
        if earlier := mine.filter(pk=campaign.pk).first():
            return earlier
        # Somebody else's row, whose existence is not to be told: a new id, as if nothing were.
        campaign.id = uuid7()
        campaign.save(force_insert=True)
    audit.record(
        "campaign.create",
        campaign,
        by=by,
        name=campaign.name,
        new=audit.snapshot(campaign, list(vars(plan))),
    )
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign: Campaign, plan: CampaignDetails, by: User, seen_at: datetime | None = None
) -> Campaign:
    """`seen_at` is the state that the changes were made upon; none is asked of the house itself."""
    campaign = _locked(campaign)
    must_be_open(campaign)
    if seen_at and campaign.updated_at != seen_at:
        raise ProblemError(
            _(
                "Someone changed this campaign while you were writing. What you typed is still"
                " here: compare it with the campaign as it is now, and save again if it should"
                " hold."
            )
        )
    audit.save_changes("campaign.change", campaign, vars(plan), by=by, name=plan.name)
    return campaign


def must_be_open(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise ProblemError(_("This campaign has ended and can no longer be changed."))


@transaction.atomic
def activate_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """From now on patients are asked as their time comes. Resuming after a pause is the same."""
    campaign = _locked(campaign)
    resumed = campaign.status == CampaignStatus.PAUSED
    campaign.become(CampaignStatus.ACTIVE)
    if lacking := readiness.missing(campaign):
        raise ProblemError(" ".join(lacking))
    campaign.activated_at = campaign.activated_at or timezone.now()
    campaign.save(update_fields=["status", "activated_at", "updated_at"])
    action = "campaign.resume" if resumed else "campaign.activate"
    audit.record(action, campaign, by=by, name=campaign.name)
    return campaign


@transaction.atomic
def resume_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """For who means it so: what was never active, or has ended, is not to begin by this."""
    if campaign.status == CampaignStatus.PAUSED:
        return activate_campaign(campaign=campaign, by=by)
    raise ProblemError(_("This campaign is not paused, so there is nothing to resume."))


@transaction.atomic
def pause_campaign(*, campaign: Campaign, by: User) -> Campaign:
    campaign = _locked(campaign)
    campaign.become(CampaignStatus.PAUSED)
    campaign.save(update_fields=["status", "updated_at"])
    audit.record("campaign.pause", campaign, by=by, name=campaign.name)
    return campaign


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Stop for good. Whatever is already with the provider still arrives."""
    return _end(campaign, CampaignStatus.CANCELLED, "campaign.cancel", by)


@transaction.atomic
def complete_campaign(*, campaign: Campaign, by: User | None) -> Campaign:
    campaign = _end(campaign, CampaignStatus.COMPLETED, "campaign.complete", by)
    enqueue_event(
        "campaign.completed",
        workspace_id=campaign.workspace_id,
        data={
            "id": campaign.pk,
            "practice_id": campaign.practice_id,
            "status": campaign.status,
            "ended_at": campaign.ended_at,
        },
    )
    return campaign


@transaction.atomic
def choose_campaign_texts(*, campaign: Campaign, texts: Collection[Template], by: User) -> Campaign:
    """These instead of the workspace's own, one of each kind, and no others."""
    campaign = _locked(campaign)
    must_be_open(campaign)
    chosen = {
        template.pk: template
        for template in Template.objects.within(campaign.workspace_id)
        .filter(pk__in=[text.pk for text in texts])
        .select_for_update(no_key=True)
    }
    if len({(text.type, text.language, text.channel) for text in chosen.values()}) < len(texts):
        raise ProblemError(_("A text was deleted meanwhile. Reload the page and choose again."))
    before = {own.template_id: own for own in campaign.own_templates.select_related("template")}
    if before.keys() == chosen.keys():
        return campaign
    campaign.own_templates.exclude(template__in=chosen).delete()
    CampaignTemplate.objects.bulk_create(
        CampaignTemplate(workspace_id=campaign.workspace_id, campaign=campaign, template=template)
        for pk, template in chosen.items()
        if pk not in before
    )
    audit.record(
        "campaign.texts",
        campaign,
        by=by,
        name=campaign.name,
        old={"texts": _names(own.template for own in before.values())},
        new={"texts": _names(chosen.values())},
    )
    return campaign


def _names(texts: Iterable[Template]) -> str:
    return ", ".join(sorted(text.name for text in texts))


def _end(campaign: Campaign, status: CampaignStatus, action: str, by: User | None) -> Campaign:
    campaign = _locked(campaign)
    campaign.become(status)
    campaign.ended_at = timezone.now()
    campaign.save(update_fields=["status", "ended_at", "updated_at"])
    audit.record(action, campaign, by=by, name=campaign.name)
    return campaign


def _locked(campaign: Campaign) -> Campaign:
    """As it stands now, not as the page that was open since this morning remembers it."""
    return Campaign.objects.within(campaign.workspace_id).select_for_update().get(pk=campaign.pk)
