"""Charts as SVG, in the colours of the page.

Python computes the numbers, words and coordinates; the templates in `templates/insights/charts/`
draw them. `chart.html` is the frame of all charts: the picture, and a hidden table of the same
values for people who cannot see it.

A picture has no fixed width: horizontal positions are in per cent and vertical ones in pixels, so
that letters are as large on a phone as on a desk. Nothing needs a script or a style of its own.

A point whose ratings can be listed is a link to them. `docs/adr/0030-charts.md` says why no library
draws these charts.
"""

from insights.charts.bars import (
    render_brought_chart,
    render_funnel_chart,
    render_ratings_chart,
)
from insights.charts.comparison import render_comparison_chart
from insights.charts.heat import render_hours_chart
from insights.charts.lines import render_average_chart, render_nps_chart
from insights.charts.sparkline import render_sparkline

__all__ = [
    "render_average_chart",
    "render_brought_chart",
    "render_comparison_chart",
    "render_funnel_chart",
    "render_hours_chart",
    "render_nps_chart",
    "render_ratings_chart",
    "render_sparkline",
]
