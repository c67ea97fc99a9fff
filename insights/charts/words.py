"""The words of charts: names of steps, numbers of ratings, and keys."""

from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts.frame import format_number
from insights.figures import FEWEST_DRAWN, Figures
from insights.periods import PeriodStep
from insights.series import SeriesPoint


def step_name(point: SeriesPoint) -> str:
    """Name a day by its date, a week by its first day, a month by its name and year."""
    match point.step:
        case PeriodStep.DAY:
            return date_format(point.start, "SHORT_DATE_FORMAT")
        case PeriodStep.WEEK:
            return _("Week of %(day)s") % {"day": date_format(point.start, "SHORT_DATE_FORMAT")}
        case PeriodStep.MONTH:
            return date_format(point.start, "YEAR_MONTH_FORMAT")


def axis_label(point: SeriesPoint) -> str:
    """Return the short date without its year, or the month alone, as the language writes it."""
    day_and_month = get_format("SHORT_DATE_FORMAT").removesuffix(" Y")
    month = day_and_month.split()[-1]
    return date_format(point.start, month if point.step is PeriodStep.MONTH else day_and_month)


def steps_words(step: PeriodStep) -> str:
    match step:
        case PeriodStep.DAY:
            return _("By day")
        case PeriodStep.WEEK:
            return _("By week, from Monday on")
        case PeriodStep.MONTH:
            return _("By month")


def ratings(count: int) -> str:
    return ngettext("%(many)s rating", "%(many)s ratings", count) % {"many": format_number(count)}


def sample(figures: Figures) -> str:
    """Say how many ratings there are, and whether they are too few to be drawn."""
    counted = ratings(figures.rated)
    if figures.rated and not figures.is_drawable:
        return _("%(ratings)s, too few") % {"ratings": counted}
    return counted


def too_few() -> str:
    return _("fewer than %(few)s ratings") % {"few": FEWEST_DRAWN}
