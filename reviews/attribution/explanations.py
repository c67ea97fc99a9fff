"""Say in words why a review is attributed to an ask."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Attribution

HOUR, DAY = 60, 24 * 60


def explain(attribution: Attribution) -> str:
    """Return the evidence as one line, such as "clicked 12 minutes before, same full name"."""
    return ", ".join(_evidence(attribution))


def _evidence(attribution: Attribution) -> Iterator[str]:
    if attribution.minutes_after_click is not None:
        yield _clicked_before(attribution.minutes_after_click)
    texts = {
        "no_click": _("did not use our link"),
        "click_after": _("used our link only later"),
        "clicked_again_later": _("used our link, last after the review"),
        "full_name": _("same full name"),
        "one_name": _("same first name"),
        "short_name": _("short form of the name"),
        "shared_name": _("one name in common"),
        "other_name": _("another name"),
        "no_name": _("no name to compare"),
        "same_stars": _("same stars as the rating"),
        "near_stars": _("one star more or less than the rating"),
        "other_stars": _("other stars than the rating"),
    }
    for reason in attribution.reasons:
        if text := texts.get(reason):
            yield text


def _clicked_before(minutes: int) -> str:
    if minutes < HOUR:
        text = ngettext("clicked %(n)d minute before", "clicked %(n)d minutes before", minutes)
        return text % {"n": minutes}
    if minutes < 2 * DAY:
        hours = minutes // HOUR
        text = ngettext("clicked %(n)d hour before", "clicked %(n)d hours before", hours)
        return text % {"n": hours}
    days = minutes // DAY
    return ngettext("clicked %(n)d day before", "clicked %(n)d days before", days) % {"n": days}
