"""Figures as pictures: SVG drawn here, in the colours of the page, each with its words beside it.

A picture has no fixed width: what lies across is in per cent and what lies down in pixels, so that
letters are as large on a phone as on a desk. Nothing needs a script or a style of its own.
"""

from insights.charts.bars import comparison, distribution, funnel
from insights.charts.heat import hours
from insights.charts.lines import average_over_time, nps_over_time, sparkline

__all__ = [
    "average_over_time",
    "comparison",
    "distribution",
    "funnel",
    "hours",
    "nps_over_time",
    "sparkline",
]
