"""Filters for figures: by practice, campaign, doctor, kind of appointment and channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.visibility import results_visible_to, sees_all_results
from insights.models import Facet
from patients.campaigns_seen import campaigns_seen_by
from patients.doctors import spellings
from patients.models import Doctor
from patients.visibility import sees_own_patients_elsewhere
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

    def spellings(self, workspace: Workspace) -> list[str] | None:
        """Return the names by which patients carry the doctor, or None for all doctors."""
        return None if self.doctor is None else spellings.spellings_of(workspace, self.doctor)

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
        doctor=_doctor(query, workspace),
        appointment_type=_text(query, "appointment_type"),
        channel=_text(query, "channel"),
    )
    allowed = replace(
        filters,
        practice=_if_exists(Practice.objects.within(workspace), filters.practice),
        campaign=filters.campaign
        and _if_exists(campaigns_seen_by(visible_to, within=workspace), filters.campaign),
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
    found = _narrowed(campaigns(workspace, visible_to=visible_to), filters)
    return list(found.values_list("pk", flat=True))


# Whether a figure counts patient `pt` of campaign `c`, by the values of `seen_values`.
IS_SEEN = """(%(campaigns)s::uuid[] IS NULL OR c.id = ANY(%(campaigns)s::uuid[])
       OR (c.id = ANY(%(partly)s::uuid[]) AND pt.doctor_name = ANY(%(own_spellings)s::text[])))"""

# The values of a statement that reads all patients of the campaigns that it names.
SEES_WHOLE_CAMPAIGNS: dict[str, Any] = {"partly": None, "own_spellings": []}


def seen_values(
    workspace: Workspace, filters: Filters, *, visible_to: User | None
) -> dict[str, Any]:
    """Return what the figures are narrowed to: by the filters, and to what the member may see.

    Of the campaigns in `partly` only the member's own patients are seen, whose `doctor_name` is one
    of `own_spellings`.
    """
    values = {
        "channel": filters.channel,
        "doctors": filters.spellings(workspace),
        "appointment_type": filters.appointment_type,
    }
    if visible_to and sees_own_patients_elsewhere(visible_to):
        return values | _seen_by_doctor(workspace, filters, visible_to)
    seen = campaign_ids(workspace, filters, visible_to=visible_to)
    return {**values, "campaigns": seen, **SEES_WHOLE_CAMPAIGNS}


def _seen_by_doctor(workspace: Workspace, filters: Filters, user: User) -> dict[str, Any]:
    """Return what is seen of the campaigns that the filters allow, with one query."""
    rows = _narrowed(Campaign.objects.within(workspace), filters).values_list(
        "pk",
        ExpressionWrapper(results_visible_to(user), output_field=BooleanField()),
        ArraySubquery(Doctor.objects.within(workspace).of_member(user).values("name")),
    )
    whole = [pk for pk, is_visible, _own in rows if is_visible]
    own = rows[0][2] if rows else []
    partly = [pk for pk, is_visible, _own in rows if not is_visible] if own else None
    return {"campaigns": whole, "partly": partly, "own_spellings": own}


def _narrowed(found: QuerySet[Campaign], filters: Filters) -> QuerySet[Campaign]:
    if filters.practice:
        found = found.filter(practice=filters.practice)
    if filters.campaign:
        found = found.filter(pk=filters.campaign)
    return found


def _if_exists(rows: QuerySet[Practice] | QuerySet[Campaign], key: UUID | None) -> UUID | None:
    return key if key and rows.filter(pk=key).exists() else None


def _parse_id(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query.get(name, ""))
    except ValueError:
        return None


def _doctor(query: Mapping[str, str], workspace: Workspace) -> str | None:
    """Return the name as shown. Addresses from before a merge have another spelling."""
    name = _text(query, "doctor")
    return spellings.shown_name(workspace, name) if name else None


def _text(query: Mapping[str, str], name: str) -> str | None:
    """Return the value without NUL characters, which PostgreSQL would refuse."""
    return query.get(name, "").replace("\0", "").strip() or None
