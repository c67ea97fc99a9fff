"""When a patient may be asked: after the delay, within the practice's hours, and not too late."""

from datetime import datetime, time, timedelta

from workspaces.models import Practice

# The longest delay that a campaign may have between an appointment and its ask.
MAX_DELAY_HOURS = 72
# An ask that is later than this after its due time is not sent any more.
OLDEST_USEFUL_ASK = timedelta(hours=72)

# `is_open` in SQL, for a practice `p` at the moment %(now)s.
WINDOW_IS_OPEN = """(
    CASE WHEN p.window_start < p.window_end
    THEN (%(now)s AT TIME ZONE p.timezone)::time >= p.window_start
     AND (%(now)s AT TIME ZONE p.timezone)::time < p.window_end
    ELSE (%(now)s AT TIME ZONE p.timezone)::time >= p.window_start
      OR (%(now)s AT TIME ZONE p.timezone)::time < p.window_end
    END)"""


def is_open(practice: Practice, now: datetime) -> bool:
    """Return whether messages may be sent at this moment, by the practice's local time."""
    local = now.astimezone(practice.zone).time()
    return within(practice.window_start, practice.window_end, local)


def within(start: time, end: time, moment: time) -> bool:
    """Return whether a local time is in the window. A window can cross midnight: 20:00 to 08:00."""
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def next_opening(practice: Practice, now: datetime) -> datetime:
    """Return `now` if the window is open, or else the next time that it opens.

    The opening is computed in local time, so it is right on days on which the clocks change.
    """
    if is_open(practice, now):
        return now
    local = now.astimezone(practice.zone)
    opening = datetime.combine(local.date(), practice.window_start, practice.zone)
    if opening <= local:
        tomorrow = local.date() + timedelta(days=1)
        opening = datetime.combine(tomorrow, practice.window_start, practice.zone)
    return opening


def ask_time(practice: Practice, *, due: datetime, earliest: datetime) -> datetime | None:
    """Return the first time at or after `earliest` to ask, or None if it is too late by then."""
    at = next_opening(practice, max(due, earliest))
    return at if at < due + OLDEST_USEFUL_ASK else None
