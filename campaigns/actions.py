"""Create and change campaigns. Nothing is sent here: the planner inserts messages when due."""

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
from core.edit_conflicts import require_unchanged
from core.errors import ProblemError
from core.ids import uuid7
from integrations.webhooks.outbox import enqueue_event
from templates_app.models import Template
from workspaces.models import Practice, User


@dataclass(frozen=True)
class CampaignDetails:
    """The fields of a campaign that forms, the API and the demo data set."""

    name: str
    practice: Practice
    description: str = ""
    scheduled_hours_after: int = 2
    reminder_after_hours: int | None = None
    is_ongoing: bool = False


@transaction.atomic
def create_campaign(*, details: CampaignDetails, by: User, key: UUID | None = None) -> Campaign:
    """Create a campaign with the id `key`. The same key by the same person creates only one."""
    own = Campaign.objects.within(details.practice.workspace_id).filter(created_by=by)
    campaign = Campaign(
        id=key or uuid7(),
        workspace_id=details.practice.workspace_id,
        created_by=by,
        **vars(details),
    )
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError:
        if existing := own.filter(pk=campaign.pk).first():
            return existing
        # The id belongs to somebody else. Use another one, so that nobody can find out ids.
        campaign.id = uuid7()
        campaign.save(force_insert=True)
    audit.record(
        "campaign.create",
        campaign,
        by=by,
        name=campaign.name,
        new=audit.snapshot(campaign, list(vars(details))),
    )
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign: Campaign, details: CampaignDetails, by: User, seen_at: datetime | None = None
) -> Campaign:
    """Save the details, unless somebody else has changed the campaign since `seen_at`."""
    campaign = _lock_campaign(campaign)
    require_open(campaign)
    require_unchanged(
        campaign,
        seen_at,
        _(
            "Someone changed this campaign while you were writing. What you typed is still"
            " here: compare it with the campaign as it is now, and save again if it should"
            " hold."
        ),
    )
    audit.save_changes("campaign.change", campaign, vars(details), by=by, name=details.name)
    return campaign


def require_open(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise ProblemError(_("This campaign has ended and can no longer be changed."))


@transaction.atomic
def activate_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Let patients be asked when they are due. A paused campaign is resumed."""
    campaign = _lock_campaign(campaign)
    was_paused = campaign.status == CampaignStatus.PAUSED
    campaign.change_status(CampaignStatus.ACTIVE)
    if missing := readiness.missing(campaign):
        raise ProblemError(" ".join(missing))
    campaign.activated_at = campaign.activated_at or timezone.now()
    campaign.save(update_fields=["status", "activated_at", "updated_at"])
    action = "campaign.resume" if was_paused else "campaign.activate"
    audit.record(action, campaign, by=by, name=campaign.name)
    return campaign


@transaction.atomic
def resume_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Resume a paused campaign. Unlike `activate_campaign`, refuse to start a draft."""
    if campaign.status == CampaignStatus.PAUSED:
        return activate_campaign(campaign=campaign, by=by)
    raise ProblemError(_("This campaign is not paused, so there is nothing to resume."))


@transaction.atomic
def pause_campaign(*, campaign: Campaign, by: User) -> Campaign:
    campaign = _lock_campaign(campaign)
    campaign.change_status(CampaignStatus.PAUSED)
    campaign.save(update_fields=["status", "updated_at"])
    audit.record("campaign.pause", campaign, by=by, name=campaign.name)
    return campaign


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Stop a campaign for good. Messages already handed to the provider still arrive."""
    return _end_campaign(campaign, CampaignStatus.CANCELLED, "campaign.cancel", by)


@transaction.atomic
def complete_campaign(*, campaign: Campaign, by: User | None) -> Campaign:
    campaign = _end_campaign(campaign, CampaignStatus.COMPLETED, "campaign.complete", by)
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
    """Let the campaign use these texts, at most one of each kind, instead of the default ones."""
    campaign = _lock_campaign(campaign)
    require_open(campaign)
    chosen = _lock_texts(campaign, texts)
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
        old={"texts": _join_names(own.template for own in before.values())},
        new={"texts": _join_names(chosen.values())},
    )
    return campaign


def _lock_texts(campaign: Campaign, texts: Collection[Template]) -> dict[UUID, Template]:
    """Return the texts by id, locked so that none of them is deleted before we have linked it."""
    rows = Template.objects.within(campaign.workspace_id).filter(pk__in=[text.pk for text in texts])
    locked = {text.pk: text for text in rows.select_for_update(no_key=True)}
    kinds = {(text.type, text.language, text.channel) for text in locked.values()}
    if len(kinds) < len(texts):
        raise ProblemError(_("A text was deleted meanwhile. Reload the page and choose again."))
    return locked


def _join_names(texts: Iterable[Template]) -> str:
    return ", ".join(sorted(text.name for text in texts))


def _end_campaign(
    campaign: Campaign, status: CampaignStatus, action: str, by: User | None
) -> Campaign:
    campaign = _lock_campaign(campaign)
    campaign.change_status(status)
    campaign.ended_at = timezone.now()
    campaign.save(update_fields=["status", "ended_at", "updated_at"])
    audit.record(action, campaign, by=by, name=campaign.name)
    return campaign


def _lock_campaign(campaign: Campaign) -> Campaign:
    """Return the locked row with its present values, which may differ from the caller's."""
    return Campaign.objects.within(campaign.workspace_id).select_for_update().get(pk=campaign.pk)
