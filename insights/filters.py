"""Filters for figures: by practice, campaign, doctor, kind of appointment and channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.visibility import results_visible_to, sees_all_results
from insights.models import Facet
from templates_app.models import Channel
from workspaces.models import Practice, User, Workspace


class By(StrEnum):
    PRACTICE = "practice"
    CAMPAIGN = "campaign"
    DOCTOR = "doctor"
    APPOINTMENT_TYPE = "appointment_type"
    CHANNEL = "channel"


# Tallies are split by these. Practice and campaign do not need a split, as a tally has a campaign.
SPLITS = {
    By.CHANNEL: Facet.CHANNEL,
    By.DOCTOR: Facet.DOCTOR,
    By.APPOINTMENT_TYPE: Facet.TYPE,
}


@dataclass(frozen=True)
class Filters:
    """None means all. An empty doctor or kind means that the uploaded list did not name one."""

    practice: UUID | None = None
    campaign: UUID | None = None
    doctor: str | None = None
    appointment_type: str | None = None
    channel: str | None = None
    problem: str = ""  # for the reader, if something was left out

    @property
    def is_any(self) -> bool:
        return replace(self, problem="") != Filters()

    def facet(self, by: By | None = None) -> Facet:
        """Return the coarsest facet that is split by all filters and by `by`.

        It has the fewest tallies, so it is the cheapest to read.
        """
        filtered = (split for split in SPLITS if getattr(self, split) is not None)
        facets = {SPLITS[split] for split in (*filtered, by) if split in SPLITS}
        if len(facets) > 1:
            return Facet.CROSS
        return facets.pop() if facets else Facet.WHOLE


EVERYTHING = Filters()


def parse_filters(query: Mapping[str, str], *, workspace: Workspace, visible_to: User) -> Filters:
    """Parse the filters of an address. Leave out what does not exist or may not be seen."""
    filters = Filters(
        practice=_parse_id(query, "practice"),
        campaign=_parse_id(query, "campaign"),
        doctor=_text(query, "doctor"),
        appointment_type=_text(query, "appointment_type"),
        channel=_text(query, "channel"),
    )
    allowed = replace(
        filters,
        practice=_if_exists(Practice.objects.within(workspace), filters.practice),
        campaign=_if_exists(campaigns(workspace, visible_to=visible_to), filters.campaign),
        channel=filters.channel if filters.channel in Channel.values else None,
    )
    has_invalid_id = any(
        query.get(name) and not _parse_id(query, name) for name in ("practice", "campaign")
    )
    if allowed != filters or has_invalid_id:
        return replace(
            allowed,
            problem=_("Some of what you filtered by is not here any more, so it was left out."),
        )
    return allowed


def campaigns(workspace: Workspace, *, visible_to: User | None) -> QuerySet[Campaign]:
    """Return the campaigns whose results the user sees, or all of them for public reports."""
    everything = Campaign.objects.within(workspace)
    return everything.filter(results_visible_to(visible_to)) if visible_to else everything


def campaign_ids(
    workspace: Workspace, filters: Filters, *, visible_to: User | None
) -> list[UUID] | None:
    """Return the campaigns to read, or None for all of the workspace, which saves a query."""
    sees_all = visible_to is None or sees_all_results(visible_to)
    if sees_all and not filters.practice and not filters.campaign:
        return None
    found = campaigns(workspace, visible_to=visible_to)
    if filters.practice:
        found = found.filter(practice=filters.practice)
    if filters.campaign:
        found = found.filter(pk=filters.campaign)
    return list(found.values_list("pk", flat=True))


def _if_exists(rows: QuerySet[Practice] | QuerySet[Campaign], key: UUID | None) -> UUID | None:
    return key if key and rows.filter(pk=key).exists() else None


def _parse_id(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query.get(name, ""))
    except ValueError:
        return None


def _text(query: Mapping[str, str], name: str) -> str | None:
    """Return the value without NUL characters, which PostgreSQL would refuse."""
    return query.get(name, "").replace("\0", "").strip() or None
