"""Format figures in the reader's language, with a dash where there is none."""

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from insights.charts.frame import DASH, format_number, format_percent
from insights.figures import NPS_SCALE
from insights.ratings.search import STARS_OF_WORDS, Shown
from insights.scope import Scope
from messaging.models import Topic

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


@register.simple_tag
def topic_rows(scope: Scope, topic: Topic, tone: str = "") -> str:
    """Return the address of the visits that name a topic, of all or of "happy" patients."""
    return scope.topic_url(topic, STARS_OF_WORDS.get(tone, ()))


@register.simple_tag
def rows_of(scope: Scope | None, shown: str, words: str, count: int) -> str:
    """Write a figure as a link to the list of the visits that it counts, if there are any."""
    if not scope or not count:
        return words
    url = scope.visits_url(Shown(shown))
    return format_html(
        '<a class="figure-link" href="{}">{}<span class="visually-hidden"> {}</span></a>',
        url,
        words,
        _("(see the visits)"),
    )
