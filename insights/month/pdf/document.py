"""What the Typst template prints. All numbers are written out in the reader's language already.

The fields are the keys that `template/monthly_report.typ` reads, so a change here is a change
there.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """The first column has names, the others numbers, and the last may have changes."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    has_changes: bool = False


@dataclass(frozen=True)
class TrendPoint:
    """A month of the trend. `value` is None where too few rated to draw an average."""

    label: str
    value: float | None
    shown: str
    low: float | None
    high: float | None
    before: float | None

    @property
    def is_drawn(self) -> bool:
        return self.value is not None or self.before is not None


@dataclass(frozen=True)
class Trend:
    """A line of averages, its uncertainty, and the same months of the year before as a pale line.

    `description` is read out in place of the picture.
    """

    heading: str
    description: str
    note: str
    points: Sequence[TrendPoint]
    ticks: Sequence[tuple[float, str]]
    legend: str
    legend_before: str


@dataclass(frozen=True)
class Bar:
    """How many gave so many stars. `before` is the share of the month before, for comparison."""

    label: str
    share: float
    shown: str
    before: float | None


@dataclass(frozen=True)
class Bars:
    heading: str
    description: str
    note: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class PrintedQuote:
    text: str
    source: str


@dataclass(frozen=True)
class Voices:
    """What patients praise or blame: topics with counts, and words."""

    heading: str
    intro: str
    topics: Sequence[tuple[str, str]]
    quotes: Sequence[PrintedQuote]
    is_praise: bool


@dataclass(frozen=True)
class Points:
    heading: str
    sentences: Sequence[str]
    is_numbered: bool = False


@dataclass(frozen=True)
class Hero:
    """The one large figure. `stars` is drawn below it, from 0 to 5."""

    value: str
    unit: str
    note: str
    stars: float | None


@dataclass(frozen=True)
class Document:
    """One report, or the sheet for the waiting room. `logo` has the bytes of a picture."""

    is_sheet: bool
    language: str
    paper: str
    title: str
    clinic: str
    month: str
    kind: str
    hero: Hero
    footer: str
    page_of: str
    scope: str = ""
    logo: Sequence[int] = ()
    figures: Table | None = None
    trend: Trend | None = None
    bars: Bars | None = None
    points: Sequence[Points] = ()
    voices: Sequence[Voices] = ()
    practices: Table | None = None
