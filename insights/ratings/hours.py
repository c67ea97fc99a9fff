"""Words for the weekday and the hour of answers."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from insights.ratings.search import RatingSearch


def describe_hours(search: RatingSearch) -> str:
    """Say when the listed visits were answered, or nothing if that does not narrow the list."""
    if search.weekday is None and search.hour is None:
        return ""
    if search.weekday is None:
        return _("Answered from %(hour)s:00 to %(hour)s:59.") % {"hour": search.hour}
    day = str(WEEKDAYS[search.weekday - 1]).lower()
    if search.hour is None:
        return _("Answered on %(day)s.") % {"day": day}
    words = _("Answered on %(day)s from %(hour)s:00 to %(hour)s:59.")
    return words % {"day": day, "hour": search.hour}
