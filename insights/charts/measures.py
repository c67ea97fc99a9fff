"""What a chart of ratings can show: the NPS or the average, each on a scale of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from insights.certainty import Interval, average_interval, nps_interval
from insights.charts.frame import DASH, format_number
from insights.figures import Figures

# Fixed, so that two charts beside each other can be compared.
NPS_TICKS = (-100, -50, 0, 50, 100)
AVERAGE_TICKS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Measure:
    """A value of figures, and how sure it is. `name` is also the heading of its column."""

    value: Callable[[Figures], float | None]
    interval: Callable[[Figures], Interval | None]
    ticks: Sequence[float]
    decimals: int

    def words(self, figures: Figures) -> str:
        value = self.value(figures)
        return DASH if value is None else format_number(value, self.decimals)

    def interval_words(self, figures: Figures) -> str:
        """Return "4.2 to 4.8", or an empty string where there is no interval."""
        if not (interval := self.interval(figures)):
            return ""
        low, high = (format_number(round(end, self.decimals), self.decimals) for end in interval)
        return _("%(low)s to %(high)s") % {"low": low, "high": high}

    def share(self, value: float) -> float:
        """Return where a value is on the scale, from 0 to 1."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


NPS = Measure(lambda figures: figures.nps, nps_interval, NPS_TICKS, decimals=0)
AVERAGE = Measure(lambda figures: figures.average, average_interval, AVERAGE_TICKS, decimals=1)
