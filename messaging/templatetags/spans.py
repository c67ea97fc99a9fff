from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

register = template.Library()

NONE = "–"
MINUTE, HOUR, DAY = 60, 3600, 86400
MAX_IN_HOURS = 2 * DAY


@register.filter
def span(length: timedelta | None) -> str:
    """Return a rounded duration in one unit, or a dash for None."""
    if length is None:
        return NONE
    seconds = length.total_seconds()
    if seconds < HOUR:
        minutes = max(1, round(seconds / MINUTE))
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < MAX_IN_HOURS:
        hours = round(seconds / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(seconds / DAY)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@register.filter
def span_since(at: datetime | None) -> str:
    """Return how long ago this was, like `span`."""
    return span(timezone.now() - at if at else None)
