"""The list of campaigns with their figures. It is here because campaigns cannot import messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.forms import FilterForm
from campaigns.models import Campaign, CampaignQuerySet, CampaignStatus
from campaigns.visibility import results_visible_to
from core import csv_exports
from core.paging import Page, newest_first, numbered, render_partial
from insights import periods
from insights.filters import EVERYTHING
from insights.home.campaign_figures import (
    NO_FIGURES,
    CampaignFigures,
    Order,
    SeenPart,
    SortKey,
    read_campaign_figures,
    sort_campaigns,
)
from insights.home.outlook import count_within_a_day
from insights.periods import Period
from insights.reading import read_figures
from workspaces.access import Can, may, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

PAGE_SIZE = 25
WEEK = timedelta(days=7)
HEADINGS: dict[SortKey, Promise] = {
    SortKey.NAME: gettext_lazy("Campaign"),
    SortKey.ASKED: gettext_lazy("Patients asked"),
    SortKey.ANSWER_RATE: gettext_lazy("Answer rate"),
    SortKey.AVERAGE: gettext_lazy("Average rating"),
    SortKey.LAST_DAY: gettext_lazy("Last asked"),
}


def _creator_name(campaign: Campaign) -> str:
    return campaign.created_by.name if campaign.created_by else ""


CSV_COLUMNS: list[csv_exports.Column[Campaign]] = [
    (gettext_lazy("Campaign"), lambda campaign: campaign.name),
    (gettext_lazy("Status"), lambda campaign: campaign.get_status_display()),
    (gettext_lazy("Practice"), lambda campaign: campaign.practice.name),
    (gettext_lazy("Created by"), _creator_name),
    (gettext_lazy("Created on"), lambda campaign: campaign.created_at),
    (gettext_lazy("Activated"), lambda campaign: campaign.activated_at),
    (gettext_lazy("Ended"), lambda campaign: campaign.ended_at),
]


@dataclass(frozen=True)
class Heading:
    """A heading that sorts: first the way people look for, then the other way, then no more."""

    key: SortKey
    label: Promise
    order: Order | None

    @property
    def aria_sort(self) -> str:
        if not self.order or self.order.by != self.key:
            return ""
        return "descending" if self.order.descending else "ascending"

    @property
    def next_order(self) -> Order | None:
        first = Order(self.key, descending=self.key != SortKey.NAME)
        if not self.aria_sort:
            return first
        return Order(self.key, not first.descending) if self.order == first else None


@member(Can.SEE_CAMPAIGN_NAMES)
def index(request: MemberRequest) -> HttpResponseBase:
    if not may(request.user, Can.SEE_CAMPAIGNS):
        named = Campaign.objects.within(request.workspace).visible_to(request.user)
        return _render(
            request, newest_first(named.select_related("practice"), request, size=PAGE_SIZE)
        )
    seen = SeenPart.of(request.user, request.workspace)
    everything = _seen_campaigns(request, seen)
    form = FilterForm(request.GET)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    campaigns = everything.filter(status=status) if status else everything
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            campaigns,
            CSV_COLUMNS + _figure_columns(request, campaigns, seen),
            name=_("campaigns"),
            zone=workspace_time_zone(request.workspace),
        )
    order = Order.parse(request.GET.get("sort", ""))
    today = periods.latest_local_date(request.workspace)
    page = _read_page(request, campaigns, order, today, seen)
    counts = everything.count_by_status()
    week = Period(today - WEEK + timedelta(days=1), today)
    return _render(
        request,
        page,
        rows=list(_with_figures(request, page.rows, today, seen)),
        headings={key.value: Heading(key, label, order) for key, label in HEADINGS.items()},
        partly=seen.partly,
        order=order,
        status=status,
        counts=counts,
        active=sum(count for value, _label, count in counts if value == CampaignStatus.ACTIVE),
        asked=read_figures(request.workspace, week, EVERYTHING, visible_to=request.user).asked,
        within_a_day=count_within_a_day(request.workspace, visible_to=request.user),
    )


def _seen_campaigns(request: MemberRequest, seen: SeenPart) -> CampaignQuerySet:
    visible = results_visible_to(request.user)
    # "Or one of none" would make nothing of the empty Q of those who see everything.
    if seen.partly:
        visible |= Q(pk__in=seen.partly)
    campaigns = Campaign.objects.within(request.workspace).filter(visible)
    return campaigns.select_related("practice", "created_by")


def _figure_columns(
    request: MemberRequest, campaigns: CampaignQuerySet, seen: SeenPart
) -> list[csv_exports.Column[Campaign]]:
    """Return the columns of the page's figures. They are read at once, for all campaigns."""
    created = dict(campaigns.values_list("pk", "created_at"))
    today = periods.latest_local_date(request.workspace)
    read = read_campaign_figures(request.workspace, created, until=today, seen=seen)

    def column(
        key: SortKey, value: Callable[[CampaignFigures], object]
    ) -> csv_exports.Column[Campaign]:
        return HEADINGS[key], lambda campaign: value(read.get(campaign.pk, NO_FIGURES))

    return [
        column(SortKey.ASKED, lambda of: of.figures.asked),
        column(SortKey.ANSWER_RATE, lambda of: _rounded(of.figures.answer_rate, 3)),
        column(SortKey.AVERAGE, lambda of: _rounded(of.figures.average, 2)),
        column(SortKey.LAST_DAY, lambda of: of.last_day),
    ]


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


def _read_page(
    request: MemberRequest,
    campaigns: CampaignQuerySet,
    order: Order | None,
    today: date,
    seen: SeenPart,
) -> Page[Campaign]:
    if not order:
        return newest_first(campaigns, request, size=PAGE_SIZE)
    created = dict(campaigns.values_list("pk", "created_at"))

    def fetch(offset: int, limit: int) -> list[Campaign]:
        keys = sort_campaigns(
            request.workspace, created, order, until=today, seen=seen, offset=offset, limit=limit
        )
        found = campaigns.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    return numbered(fetch, request, size=PAGE_SIZE)


def _with_figures(
    request: MemberRequest, campaigns: list[Campaign], today: date, seen: SeenPart
) -> Iterator[tuple[Campaign, CampaignFigures]]:
    created = {campaign.pk: campaign.created_at for campaign in campaigns}
    figures = read_campaign_figures(request.workspace, created, until=today, seen=seen)
    for campaign in campaigns:
        yield campaign, figures.get(campaign.pk, NO_FIGURES)


def _render(request: MemberRequest, page: Page[Campaign], **figures: object) -> HttpResponse:
    context = {
        "page": page,
        "has_practice": bool(page.rows) or request.workspace.practices.exists(),
        **figures,
    }
    return render_partial(request, "insights/home/campaigns.html", "list", context)
