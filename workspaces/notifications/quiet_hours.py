"""A member's quiet hours, in the time zone of their workspace."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from workspaces.models import QuietHours
from workspaces.models.notifications import QUIET_FROM, QUIET_UNTIL


@dataclass(frozen=True)
class QuietTimes:
    is_on: bool = True
    starts: time = QUIET_FROM
    ends: time = QUIET_UNTIL

    @classmethod
    def of(cls, row: QuietHours | None) -> "QuietTimes":
        return cls(row.is_on, row.starts, row.ends) if row else cls()

    def first_moment_from(self, now: datetime, zone: tzinfo) -> datetime:
        """Return `now`, or the end of the quiet hours that it is in."""
        local = now.astimezone(zone)
        if not self.is_on or not self._contain(local.time()):
            return now
        ends = datetime.combine(local.date(), self.ends, zone)
        # At 23:00 of quiet hours until 7:00, they end tomorrow.
        if ends <= local:
            ends = datetime.combine(local.date() + timedelta(days=1), self.ends, zone)
        return ends

    def _contain(self, clock: time) -> bool:
        if self.starts < self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends
