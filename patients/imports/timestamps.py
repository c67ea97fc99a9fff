"""When the planner would ask for an appointment: the rules are those of `campaigns/timing.py`."""

from datetime import datetime, timedelta
from functools import lru_cache

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK, opens_next


class Moments:
    """Many people of a list are seen at the same times, so each time is worked out once."""

    def __init__(self, campaign: Campaign, *, now: datetime, undo: timedelta = timedelta()) -> None:
        """`undo` is how long what comes in now can be taken back before anybody is asked."""
        self.practice = campaign.practice
        self.earliest = now + undo
        self.delay = timedelta(hours=campaign.scheduled_hours_after)
        self.now = now
        self.ask_at = lru_cache(maxsize=10_000)(self._ask_at)

    def _ask_at(self, appointment_time: datetime) -> datetime | None:
        return self.ask_from(self.earliest, appointment_time)

    def ask_from(self, moment: datetime, appointment_time: datetime) -> datetime | None:
        """The first useful moment from there on; none if it comes too late."""
        due = appointment_time + self.delay
        at = opens_next(self.practice, max(due, moment))
        return at if at < due + OLDEST_USEFUL_ASK else None
