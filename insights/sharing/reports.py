"""The public report: figures of a year, and quotes that patients allowed and the owner chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from core import tenancy
from insights import periods, reading
from insights.figures import Figures
from insights.filters import Filters
from insights.models import Report
from insights.periods import Period
from insights.sharing.google_rating import GoogleRating, map_url, read_google_rating
from insights.sharing.quarters import Quarter, read_quarters
from messaging.models import Quote
from messaging.patient_pages.tokens import looks_like_token
from workspaces.branding import brands
from workspaces.branding.brands import ShownBrand
from workspaces.models import Practice

YEAR = timedelta(days=364)
MAX_QUOTES = 20


@dataclass(frozen=True)
class ReportSummary:
    """What the badge and the picture for links show."""

    token: str
    practice: Practice
    language: str
    figures: Figures
    google: GoogleRating | None

    @property
    def has_enough(self) -> bool:
        return self.figures.is_drawable

    @property
    def average(self) -> float:
        return round(self.figures.average or 0, 1)

    @property
    def url(self) -> str:
        return settings.SITE_URL + reverse("public_report", args=[self.token])


@dataclass(frozen=True)
class PublicReport(ReportSummary):
    quotes: Sequence[str]
    quarters: Sequence[Quarter]
    description: str
    booking_url: str
    is_indexable: bool
    brand: ShownBrand

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Return stars, count and per cent, from five stars down to one."""
        rated = self.figures.rated or 1
        counts = list(enumerate(self.figures.ratings, 1))[::-1]
        return [(stars, count, round(count * 100 / rated)) for stars, count in counts]

    @property
    def address(self) -> str:
        """Return the address on one line, or an empty text if only the city is known."""
        practice = self.practice
        if not practice.address:
            return ""
        parts = (practice.address, practice.city, practice.state)
        return ", ".join(part for part in parts if part)

    @property
    def map_url(self) -> str:
        if not self.address:
            return ""
        query = f"{self.practice.name}, {self.address}"
        return map_url(query, self.practice.google_place_id)


def find_report(token: str, *, count_view: bool) -> PublicReport | None:
    """Return the report, or None if the token is unknown or the report was revoked."""
    report = _find_row(token, count_view=count_view)
    if report is None:
        return None
    with tenancy.within(report.workspace_id):
        return PublicReport(
            token=report.token,
            practice=report.practice,
            language=report.workspace.language,
            figures=_read_figures(report),
            google=read_google_rating(report),
            quotes=_quotes(report),
            quarters=read_quarters(report.workspace, practice=report.practice_id),
            description=report.description,
            booking_url=report.booking_url,
            is_indexable=report.is_indexable,
            brand=brands.find_brand(report.workspace_id),
        )


def find_summary(token: str) -> ReportSummary | None:
    report = _find_row(token, count_view=False)
    if report is None:
        return None
    with tenancy.within(report.workspace_id):
        return ReportSummary(
            token=report.token,
            practice=report.practice,
            language=report.workspace.language,
            figures=_read_figures(report),
            google=read_google_rating(report),
        )


def _find_row(token: str, *, count_view: bool) -> Report | None:
    if not looks_like_token(token):
        return None
    with tenancy.platform("public report"):
        report = (
            Report.objects.select_related("practice", "workspace")
            .filter(token=token, revoked_at=None)
            .first()
        )
        if report and count_view:
            Report.objects.filter(pk=report.pk).update(views=F("views") + 1)
    return report


def _read_figures(report: Report) -> Figures:
    today = periods.latest_local_date(report.workspace)
    return reading.read_figures(
        report.workspace,
        Period(today - YEAR, today),
        Filters(practice=report.practice_id),
        visible_to=None,
    )


def _quotes(report: Report) -> list[str]:
    quotes = (
        Quote.objects.within(report.workspace_id)
        .in_force()
        .filter(message__campaign__practice=report.practice_id)
    )
    return list(quotes.order_by("-pk").values_list("text", flat=True)[:MAX_QUOTES])
