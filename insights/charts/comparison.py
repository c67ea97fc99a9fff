"""The NPS of practices, doctors or campaigns beside each other, each with its margin of error.

Every comparison has the same scale from −100 to 100, so that two of them on one page can be
compared as well. A point with its margin shows what a bar hides: that two values may be the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from insights.charts import words
from insights.charts.frame import Frame, Key, across, format_number, format_percent, render_chart
from insights.charts.measures import AVERAGE, NPS
from insights.figures import NPS_SCALE
from insights.reading import FigureGroup

MAX_GROUPS = 12
MAX_LABEL = 34
GROUP_HEIGHT, AXIS_HEIGHT = 68, 22


@dataclass(frozen=True)
class GroupRow:
    """`y` is the top of the row. Without enough ratings it has no point."""

    y: int
    label: str
    value: str
    sample: str
    tip: str
    link: str
    point: str
    start: str  # of the margin
    length: str


@dataclass(frozen=True)
class Comparison:
    rows: Sequence[GroupRow]
    ticks: Sequence[tuple[str, str, str]]  # position, number and anchor
    height: int

    @property
    def tick_y(self) -> int:
        return self.height + 14


def render_comparison_chart(groups: Sequence[FigureGroup]) -> SafeString:
    """Draw the best first. Groups with too few ratings are last and have no value."""
    ordered = sorted(groups, key=_rank)
    rated = [group for group in ordered if group.figures.rated][:MAX_GROUPS]
    rows = [_group_row(group, y=index * GROUP_HEIGHT) for index, group in enumerate(rated)]
    height = len(rows) * GROUP_HEIGHT
    has_few = any(not group.figures.is_drawable for group in rated)
    frame = Frame(
        title=_("NPS compared"),
        description=_("The best first. Where two margins overlap, the two may be the same."),
        height=height + AXIS_HEIGHT,
        headings=[
            _("Name"),
            "NPS",
            _("Margin of error"),
            _("Average"),
            _("Ratings"),
            _("Rating rate"),
            _("Answer rate"),
        ],
        rows=[_table_row(group) for group in ordered],
        css_class="chart-compared",
        has_points=bool(rows),
        has_links=any(row.link for row in rows),
        note=str(NPS_SCALE),
        keys=[
            *([Key("band", _("Margin of error (95 %)"))] if rows else []),
            *([Key("thin", words.too_few().capitalize())] if has_few else []),
        ],
    )
    comparison = Comparison(rows, _ticks() if rows else [], height)
    return render_chart(frame, "insights/charts/comparison.svg", comparison)


def _rank(group: FigureGroup) -> tuple[bool, int, int, str]:
    figures = group.figures
    return not figures.is_drawable, -(figures.nps or 0), -figures.rated, group.label


def _group_row(group: FigureGroup, *, y: int) -> GroupRow:
    figures = group.figures
    low, high = NPS.interval(figures) or (0, 0)
    value = NPS.words(figures) if figures.is_drawable else _("too few")
    margin = f" ({NPS.interval_words(figures)})" if figures.is_drawable else ""
    is_long = len(group.label) > MAX_LABEL
    return GroupRow(
        y=y,
        label=group.label[: MAX_LABEL - 1].rstrip() + "…" if is_long else group.label,
        value=value,
        sample=words.ratings(figures.rated),
        tip=f"{group.label}: NPS {value}{margin} · {words.ratings(figures.rated)}",
        link=group.scope.ratings_url() if group.scope else "",
        point=across(NPS.share(figures.nps or 0) * 100) if figures.is_drawable else "",
        start=across(NPS.share(low) * 100),
        length=across((NPS.share(high) - NPS.share(low)) * 100),
    )


def _table_row(group: FigureGroup) -> tuple[str, ...]:
    figures = group.figures
    return (
        group.label,
        NPS.words(figures),
        NPS.interval_words(figures) or words.too_few(),
        AVERAGE.words(figures),
        words.sample(figures),
        format_percent(figures.rating_rate),
        format_percent(figures.answer_rate),
    )


def _ticks() -> list[tuple[str, str, str]]:
    """Return the two ends and the middle. The ends are written inside of the picture."""
    anchors = {-100: "start", 0: "middle", 100: "end"}
    return [
        (across(NPS.share(tick) * 100), format_number(tick), anchor)
        for tick, anchor in anchors.items()
    ]
