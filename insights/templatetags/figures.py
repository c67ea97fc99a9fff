"""Format figures in the reader's language, with a dash where there is none."""

from django import template
from django.utils.formats import number_format

from insights.charts.frame import DASH, format_number, format_percent
from insights.figures import NPS_SCALE

register = template.Library()


@register.filter
def dash(number: float | None, decimals: int = 0) -> str:
    return DASH if number is None else format_number(number, decimals)


@register.simple_tag
def nps_scale() -> str:
    """Say how NPS is computed. A test checks that every template with an NPS does."""
    return str(NPS_SCALE)


@register.filter
def percent(share: float | None) -> str:
    return format_percent(share)


@register.filter
def signed(number: float, decimals: int = 0) -> str:
    """Format a change with its sign, and with a real minus sign."""
    size = number_format(abs(round(number, decimals)), decimals)
    return f"{'−' if number < 0 else '+'}{size}"
