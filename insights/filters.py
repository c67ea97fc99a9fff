"""Of whom the figures are: narrowed by practice, campaign, doctor, kind of appointment, channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.visibility import results_visible_to
from insights.models import Facet
from templates_app.models import Channel
from workspaces.models import Practice, User, Workspace


class By(StrEnum):
    PRACTICE = "practice"
    CAMPAIGN = "campaign"
    DOCTOR = "doctor"
    APPOINTMENT_TYPE = "appointment_type"
    CHANNEL = "channel"


# What a day is split by; the others are of the campaign.
SPLITS = {
    By.CHANNEL: Facet.CHANNEL,
    By.DOCTOR: Facet.DOCTOR,
    By.APPOINTMENT_TYPE: Facet.TYPE,
}


@dataclass(frozen=True)
class Filters:
    """None: all of them. An empty doctor or kind is a list that did not say."""

    practice: UUID | None = None
    campaign: UUID | None = None
    doctor: str | None = None
    appointment_type: str | None = None
    channel: str | None = None
    problem: str = ""  # what was asked for and is not there

    @property
    def is_any(self) -> bool:
        return replace(self, problem="") != Filters()

    def facet(self, by: By | None = None) -> Facet:
        """The coarsest that tells apart what is filtered and what is compared."""
        told_apart = {facet for split, facet in SPLITS.items() if self._has(split) or split == by}
        if len(told_apart) > 1:
            return Facet.CROSS
        return told_apart.pop() if told_apart else Facet.WHOLE

    def _has(self, split: By) -> bool:
        return getattr(self, split) is not None


EVERYTHING = Filters()


def chosen(wishes: Mapping[str, str], *, workspace: Workspace, visible_to: User) -> Filters:
    """What stands in an address; a practice or campaign that is not theirs to see is left out."""
    filters = Filters(
        practice=_id(wishes, "practice"),
        campaign=_id(wishes, "campaign"),
        doctor=_word(wishes, "doctor"),
        appointment_type=_word(wishes, "appointment_type"),
        channel=_word(wishes, "channel"),
    )
    found = replace(
        filters,
        practice=_existing(Practice.objects.within(workspace), filters.practice),
        campaign=_existing(campaigns(workspace, visible_to=visible_to), filters.campaign),
        channel=filters.channel if filters.channel in Channel.values else None,
    )
    unreadable = any(
        wishes.get(name) and not _id(wishes, name) for name in ("practice", "campaign")
    )
    if found != filters or unreadable:
        return replace(
            found,
            problem=_("Some of what you filtered by is not here any more, so it was left out."),
        )
    return found


def campaigns(workspace: Workspace, *, visible_to: User | None) -> QuerySet[Campaign]:
    """Return the campaigns whose results the user sees, or all of them for public reports."""
    everything = Campaign.objects.within(workspace)
    return everything.filter(results_visible_to(visible_to)) if visible_to else everything


def _existing(rows: QuerySet[Practice] | QuerySet[Campaign], key: UUID | None) -> UUID | None:
    return key if key and rows.filter(pk=key).exists() else None


def _id(wishes: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(wishes.get(name, ""))
    except ValueError:
        return None


def _word(wishes: Mapping[str, str], name: str) -> str | None:
    """PostgreSQL holds no NUL, and no name does."""
    return wishes.get(name, "").replace("\0", "").strip() or None
