"""What stands in a public report: figures of a year, and words that were allowed and chosen."""

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
# Of fewer, an average says more about chance than about a practice.
ENOUGH = 5
QUOTES = 20


@dataclass(frozen=True)
class Shown:
    practice: str
    city: str
    language: str
    figures: Figures
    quotes: Sequence[str]

    @property
    def has_enough(self) -> bool:
        return self.figures.rated >= ENOUGH

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Stars, how many gave them, and which share of a hundred that is; the best on top."""
        rated = self.figures.rated or 1
        counted = list(enumerate(self.figures.ratings, 1))[::-1]
        return [(stars, many, round(many * 100 / rated)) for stars, many in counted]


def find(token: str, *, counts: bool) -> Shown | None:
    """Nothing for a guess and for what was revoked."""
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
        if counts:
            Report.objects.filter(pk=report.pk).update(views=F("views") + 1)
    with tenancy.within(report.workspace_id):
        today = periods.today(report.workspace)
        return Shown(
            practice=report.practice.name,
            city=report.practice.city,
            language=report.workspace.language,
            figures=reading.figures(
                report.workspace,
                Period(today - YEAR, today),
                Filters(practice=report.practice_id),
                visible_to=None,
            ),
            quotes=_quotes(report),
        )


def _quotes(report: Report) -> list[str]:
    """The copies that the owner published, never what stands in the comments now."""
    chosen = Quote.objects.within(report.workspace_id).filter(
        withdrawn_at=None,
        message__campaign__practice=report.practice_id,
        message__quotable_at__isnull=False,
        message__patient__data_deleted_at=None,
    )
    return list(chosen.order_by("-pk").values_list("text", flat=True)[:QUOTES])
