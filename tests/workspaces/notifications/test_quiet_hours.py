from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from workspaces.notifications.quiet_hours import QuietTimes

QUITO = ZoneInfo("America/Guayaquil")  # five hours behind UTC
NIGHT = QuietTimes()
SIESTA = QuietTimes(starts=time(13), ends=time(15))


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        (NIGHT, datetime(2026, 3, 2, 1, 59, tzinfo=UTC), None),
        (NIGHT, datetime(2026, 3, 2, 2, 0, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)),
        (NIGHT, datetime(2026, 3, 2, 11, 59, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)),
        (NIGHT, datetime(2026, 3, 2, 12, 0, tzinfo=UTC), None),
        (SIESTA, datetime(2026, 3, 2, 18, 30, tzinfo=UTC), datetime(2026, 3, 2, 20, tzinfo=UTC)),
        (SIESTA, datetime(2026, 3, 2, 20, 0, tzinfo=UTC), None),
        (QuietTimes(is_on=False), datetime(2026, 3, 2, 5, 0, tzinfo=UTC), None),
    ],
)
def test_first_moment_outside_of_quiet_hours(
    quiet: QuietTimes, now: datetime, expected: datetime | None
) -> None:
    assert quiet.first_moment_from(now, QUITO) == (expected or now)


def test_quiet_hours_end_by_the_clock_when_summer_time_begins() -> None:
    """In Madrid the clock jumps from 2:00 to 3:00 on that night."""
    madrid = ZoneInfo("Europe/Madrid")
    evening = datetime(2026, 3, 28, 22, 30, tzinfo=madrid)

    ends = NIGHT.first_moment_from(evening, madrid)

    assert ends.astimezone(UTC) == datetime(2026, 3, 29, 5, tzinfo=UTC)
