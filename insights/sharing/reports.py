"""The public report: figures of a year, and quotes that patients allowed and the owner chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from core import tenancy
from insights import periods, reading
from insights.figures import Figures
from insights.filters import Filters
from insights.models import Report
from insights.periods import Period
from messaging.models import Quote
from messaging.patient_pages.tokens import looks_like_token

YEAR = timedelta(days=364)
# With fewer ratings the average says more about chance than about the practice.
MIN_RATINGS = 5
MAX_QUOTES = 20


@dataclass(frozen=True)
class PublicReport:
    practice: str
    city: str
    language: str
    figures: Figures
    quotes: Sequence[str]

    @property
    def has_enough(self) -> bool:
        return self.figures.rated >= MIN_RATINGS

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Return stars, count and per cent, from five stars down to one."""
        rated = self.figures.rated or 1
        counts = list(enumerate(self.figures.ratings, 1))[::-1]
        return [(stars, count, round(count * 100 / rated)) for stars, count in counts]


def find_report(token: str, *, count_view: bool) -> PublicReport | None:
    """Return the report, or None if the token is unknown or the report was revoked."""
    if not looks_like_token(token):
        return None
    with tenancy.platform("public report"):
        report = (
            Report.objects.select_related("practice", "workspace")
            .filter(token=token, revoked_at=None)
            .first()
        )
        if report is None:
            return None
        if count_view:
            Report.objects.filter(pk=report.pk).update(views=F("views") + 1)
    with tenancy.within(report.workspace_id):
        today = periods.latest_local_date(report.workspace)
        return PublicReport(
            practice=report.practice.name,
            city=report.practice.city,
            language=report.workspace.language,
            figures=reading.read_figures(
                report.workspace,
                Period(today - YEAR, today),
                Filters(practice=report.practice_id),
                visible_to=None,
            ),
            quotes=_quotes(report),
        )


def _quotes(report: Report) -> list[str]:
    quotes = (
        Quote.objects.within(report.workspace_id)
        .in_force()
        .filter(message__campaign__practice=report.practice_id)
    )
    return list(quotes.order_by("-pk").values_list("text", flat=True)[:MAX_QUOTES])
