"""The figures in the list of campaigns, which loads them because it cannot import messages."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from core import sql
from insights import periods
from insights.figures import Figures
from insights.filters import EVERYTHING
from insights.filters import campaigns as visible_campaigns
from insights.home.outlook import read_outlook
from insights.models import Facet
from insights.periods import Period
from insights.reading import FIGURE_NAMES, read_figures
from insights.tally_statements import SEEN_TALLIES, SUMS
from workspaces.access import Can, member
from workspaces.models import Workspace
from workspaces.requests import MemberRequest

MAX_CAMPAIGNS = 50
WEEK = timedelta(days=7)

# The whole life of each campaign, from the index of tallies by campaign and day.
FIGURES_OF_CAMPAIGNS = f"""{SEEN_TALLIES}
SELECT campaign_id,
       max(day) FILTER (WHERE asked > 0) AS last_day,{SUMS}
FROM day_tallies
WHERE facet = %(facet)s AND day BETWEEN %(since)s AND %(until)s
GROUP BY campaign_id
"""


@dataclass(frozen=True)
class CampaignFigures:
    figures: Figures
    last_day: date | None = None


def read_campaign_figures(
    workspace: Workspace, keys: Collection[UUID], *, since: date, until: date
) -> dict[UUID, CampaignFigures]:
    """Return the figures of these campaigns, with one statement for all of them."""
    rows = sql.fetch(
        FIGURES_OF_CAMPAIGNS,
        workspace=workspace.pk,
        campaigns=list(keys),
        channel=None,
        doctor=None,
        appointment_type=None,
        facet=Facet.WHOLE.value,
        since=since,
        until=until,
    )
    return {
        row["campaign_id"]: CampaignFigures(
            Figures(**{name: row[name] for name in FIGURE_NAMES}), row["last_day"]
        )
        for row in rows
    }


@member(Can.SEE_CAMPAIGNS)
def list_figures(request: MemberRequest) -> HttpResponse:
    """Render the cells of the campaigns that the address names, and the week in a sentence."""
    workspace, user = request.workspace, request.user
    shown = visible_campaigns(workspace, visible_to=user).filter(pk__in=_parse_ids(request))
    created = dict(shown.values_list("pk", "created_at"))
    today = periods.latest_local_date(workspace)
    figures = read_campaign_figures(
        workspace,
        created,
        since=min((at.date() for at in created.values()), default=today) - timedelta(days=1),
        until=today,
    )
    week = Period(today - WEEK + timedelta(days=1), today)
    context = {
        "cells": [(key, figures.get(key, CampaignFigures(Figures()))) for key in created],
        "asked": read_figures(workspace, week, EVERYTHING, visible_to=user).asked,
        "outlook": read_outlook(workspace, visible_to=user),
    }
    return render(request, "insights/home/campaign_list.html", context)


def _parse_ids(request: MemberRequest) -> list[UUID]:
    ids = []
    for text in request.GET.getlist("campaign")[:MAX_CAMPAIGNS]:
        with suppress(ValueError):
            ids.append(UUID(text))
    return ids
