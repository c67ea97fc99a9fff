"""Numbers as a reader of this page writes them; a dash where there is nothing to count."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from insights.figures import NPS_SCALE

register = template.Library()

NONE = "–"
WHOLE = 100


@register.filter
def dash(number: float | None, decimals: int = 0) -> str:
    if number is None:
        return NONE
    return number_format(round(number, decimals), decimals, force_grouping=True)


@register.simple_tag
def nps_scale() -> str:
    """Stands beside every NPS; a test looks for it in each template that shows one."""
    return str(NPS_SCALE)


@register.filter
def percent(share: float | None) -> str:
    if share is None:
        return NONE
    return _("%(number)s %%") % {"number": number_format(round(share * WHOLE), 0)}


@register.filter
def signed(number: float, decimals: int = 0) -> str:
    """With a real minus, so that a change is seen as one."""
    size = number_format(abs(round(number, decimals)), decimals)
    return f"{'−' if number < 0 else '+'}{size}"
