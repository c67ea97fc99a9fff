"""When a patient may be asked: after the delay, inside the practice's hours, and not too late."""

from datetime import datetime, time, timedelta

from workspaces.models import Practice

# An ask later than this after its time is no longer about "your visit today".
OLDEST_USEFUL_ASK = timedelta(hours=72)

# The same rule for the planner and the claimer, over a practice called `p`.
WINDOW_IS_OPEN = """(
    CASE WHEN p.window_start < p.window_end
    THEN (%(now)s AT TIME ZONE p.timezone)::time >= p.window_start
     AND (%(now)s AT TIME ZONE p.timezone)::time < p.window_end
    ELSE (%(now)s AT TIME ZONE p.timezone)::time >= p.window_start
      OR (%(now)s AT TIME ZONE p.timezone)::time < p.window_end
    END)"""


def is_open(practice: Practice, now: datetime) -> bool:
    """In the practice's own time; a window whose end comes before its start crosses midnight."""
    local = now.astimezone(practice.zone).time()
    return within(practice.window_start, practice.window_end, local)


def within(start: time, end: time, moment: time) -> bool:
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def opens_next(practice: Practice, now: datetime) -> datetime:
    """Now, if the window is open; else the next moment that it opens, whatever the clocks do."""
    if is_open(practice, now):
        return now
    local = now.astimezone(practice.zone)
    opening = datetime.combine(local.date(), practice.window_start, practice.zone)
    if opening <= local:
        tomorrow = local.date() + timedelta(days=1)
        opening = datetime.combine(tomorrow, practice.window_start, practice.zone)
    return opening
