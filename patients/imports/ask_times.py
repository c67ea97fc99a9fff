"""When the planner will ask about an appointment, by the rules of `campaigns/timing.py`."""

from datetime import datetime, timedelta
from functools import lru_cache

from campaigns.models import Campaign
from campaigns.timing import ask_time


class AskTimes:
    """The ask times of one campaign. They are cached, since many appointments share their time."""

    def __init__(self, campaign: Campaign, *, now: datetime, undo: timedelta = timedelta()) -> None:
        """`undo` is how long a new list can be taken back before anybody is asked."""
        self.practice = campaign.practice
        self.earliest = now + undo
        self.delay = timedelta(hours=campaign.scheduled_hours_after)
        self.now = now
        self.ask_at = lru_cache(maxsize=10_000)(self._ask_at)

    def _ask_at(self, appointment_time: datetime) -> datetime | None:
        return self.ask_from(self.earliest, appointment_time)

    def ask_from(self, moment: datetime, appointment_time: datetime) -> datetime | None:
        """Return the first time at or after `moment` to ask, None if it is too late by then."""
        return ask_time(self.practice, due=appointment_time + self.delay, earliest=moment)
