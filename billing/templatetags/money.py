from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import ngettext

from billing.usage_report import Week

register = template.Library()

GROUND, MAX_HEIGHT = 140, 120  # the number of the tallest bar fits above it
BAR_WIDTH = 0.7  # of the space for a bar


@register.filter
def money(cents: int, currency: str = "usd") -> str:
    """Format an amount. Whole amounts have no decimals."""
    decimals = 2 if cents % 100 else 0
    return f"{number_format(cents / 100, decimals, force_grouping=True)} {currency.upper()}"


@register.filter
def signed(credits: int) -> str:
    """Format credits with a plus or a minus sign (−, not a hyphen)."""
    size = number_format(abs(credits), force_grouping=True)
    return f"+{size}" if credits > 0 else f"−{size}"


@dataclass(frozen=True)
class Bar:
    """Horizontal positions are in per cent, so that the chart fits any width."""

    week: Week
    left: str
    middle: str
    width: str
    height: int
    tooltip: str
    has_label: bool  # the number above it; on a phone there is no room for all

    @property
    def top(self) -> int:
        return GROUND - self.height

    @property
    def label_y(self) -> int:
        return self.top - 6


@register.inclusion_tag("billing/spending_chart.html")
def spending_chart(weeks: Sequence[Week]) -> dict[str, Any]:
    most = max((week.spent for week in weeks), default=0)
    labelled = [next(week for week in weeks if week.spent == most), weeks[-1]] if most else []
    return {
        "bars": [
            _bar(position, week, len(weeks), most, has_label=week in labelled)
            for position, week in enumerate(weeks)
        ]
    }


def _bar(position: int, week: Week, count: int, most: int, *, has_label: bool) -> Bar:
    share = 100 / count
    spent = ngettext("%(spent)s credit", "%(spent)s credits", week.spent) % {
        "spent": number_format(week.spent, force_grouping=True)
    }
    return Bar(
        week=week,
        left=f"{(position + (1 - BAR_WIDTH) / 2) * share:.2f}%",
        middle=f"{(position + 0.5) * share:.2f}%",
        width=f"{share * BAR_WIDTH:.2f}%",
        height=round(week.spent / most * MAX_HEIGHT) if most else 0,
        tooltip=f"{date_format(week.begins, 'SHORT_DATE_FORMAT')}: {spent}",
        has_label=has_label,
    )
