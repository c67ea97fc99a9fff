"""The course of the NPS in the size of a word, to be shown beside its number."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from insights.charts.lines import line_path, split_at_gaps
from insights.charts.measures import NPS
from insights.series import SeriesPoint


def render_sparkline(points: Sequence[SeriesPoint]) -> SafeString:
    """Draw the steps that have enough ratings, on the same scale as the charts."""
    drawn = [point.figures for point in points if point.figures.is_drawable]
    if not drawn:
        return SafeString("")
    runs = split_at_gaps(points, [point.figures for point in points])
    context = {
        "line": " ".join(line_path(run, NPS) for run in runs),
        "description": _("From %(first)s to %(last)s")
        % {"first": NPS.words(drawn[0]), "last": NPS.words(drawn[-1])},
    }
    return render_to_string("insights/charts/sparkline.svg", context)
