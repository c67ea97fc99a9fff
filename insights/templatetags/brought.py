"""Words for the page that says what the asks brought."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from billing.templatetags.money import money
from insights.brought.reviews_per_month import RateChange
from insights.certainty import Interval
from insights.charts.frame import format_number

register = template.Library()
CENTS = 100


@register.filter
def interval(ends: Interval) -> str:
    low, high = (format_number(end, 1) for end in ends)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@register.filter
def money_of(amount: Decimal, currency: str) -> str:
    """Format an amount in units of its currency. The filter of billing takes cents."""
    return money(round(amount * CENTS), currency)


@register.filter
def change_words(change: RateChange) -> str:
    match change:
        case RateChange.NOT_ASKED:
            return _("nobody was asked yet")
        case RateChange.TOO_FEW:
            return _("too few to tell")
        case RateChange.NO_CLEAR_CHANGE:
            return _("no clear change")
        case RateChange.MORE:
            return _("clearly more")
        case RateChange.FEWER:
            return _("clearly fewer")
