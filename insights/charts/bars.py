"""Bar charts: ratings, the funnel from question to review, and the comparison of groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights.charts.frame import (
    DASH,
    Frame,
    across,
    format_number,
    format_percent,
    render_chart,
)
from insights.figures import FEW_ANSWERS, NPS_SCALE, Figures
from insights.reading import FigureGroup

# In per cent. The number is to the right of the bar, and this leaves room for it on a phone.
MAX_LENGTH = 68
TONES = {1: "bad", 2: "bad", 3: "even", 4: "good", 5: "good"}
MAX_GROUPS = 12
MAX_LABEL = 34
RATING_HEIGHT, STEP_HEIGHT, GROUP_HEIGHT = 36, 50, 68


@dataclass(frozen=True)
class Bar:
    """A bar of any chart. `y` is the top of its row."""

    y: int
    label: str
    value: str
    length: str
    tone: str
    tip: str


@dataclass(frozen=True)
class GroupBar(Bar):
    """The NPS of a group: to the right of zero, or to the left if it is negative."""

    start: str
    sample: str
    is_small: bool


@dataclass(frozen=True)
class Comparison:
    bars: Sequence[GroupBar]
    zero: str  # where the line at zero is, empty if all bars start on the left


def render_ratings_chart(figures: Figures) -> SafeString:
    """Draw how many patients gave each rating. The most frequent rating has the longest bar."""
    highest = max(*figures.ratings, 1)
    counts = list(enumerate(figures.ratings, 1))[::-1]
    bars = [
        Bar(
            y=index * RATING_HEIGHT,
            label=f"{rating} ★",
            value=_count_and_share(count, figures.rated),
            length=across(count / highest * MAX_LENGTH),
            tone=TONES[rating],
            tip=f"{_stars(rating)}: {_count_and_share(count, figures.rated)}",
        )
        for index, (rating, count) in enumerate(counts)
    ]
    frame = Frame(
        title=_("Ratings from 5 to 1"),
        description=_ratings(figures.rated),
        height=len(bars) * RATING_HEIGHT,
        headings=[_("Rating"), _("Patients"), _("Share")],
        rows=[
            (
                _stars(rating),
                format_number(count),
                format_percent(count / figures.rated if figures.rated else None),
            )
            for rating, count in counts
        ],
    )
    return render_chart(frame, "insights/charts/ratings.svg", bars)


def render_funnel_chart(figures: Figures) -> SafeString:
    """Draw each step as a share of the patients who were asked.

    It counts ratings and not answers: a STOP is no step towards a review.
    """
    steps = [
        (pgettext("funnel", "Asked"), figures.asked),
        (pgettext("funnel", "Delivered"), figures.delivered),
        (pgettext("funnel", "Rated"), figures.rated),
        (pgettext("funnel", "Rated 4 or 5"), figures.happy),
        (pgettext("funnel", "Opened the review link"), figures.clicked),
    ]
    shares = [
        (name, count, count / figures.asked if figures.asked else None) for name, count in steps
    ]
    bars = [
        Bar(
            y=index * STEP_HEIGHT,
            label=name,
            value=f"{format_number(count)} · {format_percent(share)}",
            length=across((share or 0) * 100),
            tone=f"step-{index}",
            tip=f"{name}: {format_number(count)} · {format_percent(share)}",
        )
        for index, (name, count, share) in enumerate(shares)
    ]
    frame = Frame(
        title=_("From the question to the review"),
        description=_("Shares are of the patients who were asked."),
        height=len(bars) * STEP_HEIGHT,
        headings=[_("Step"), _("Patients"), _("Share")],
        rows=[(name, format_number(count), format_percent(share)) for name, count, share in shares],
    )
    return render_chart(frame, "insights/charts/funnel.svg", bars)


def render_comparison_chart(groups: Sequence[FigureGroup]) -> SafeString:
    """Draw the NPS of each group, with a warning sign where too few patients rated."""
    rated = [group for group in groups if group.figures.nps is not None][:MAX_GROUPS]
    zero = 50.0 if any((group.figures.nps or 0) < 0 for group in rated) else 0.0
    bars = [
        _group_bar(group, y=index * GROUP_HEIGHT, zero=zero) for index, group in enumerate(rated)
    ]
    frame = Frame(
        title=_("NPS compared"),
        description=_("A triangle marks fewer than %(few)s ratings: too few to compare by.")
        % {"few": FEW_ANSWERS},
        height=max(len(bars) * GROUP_HEIGHT, 28),
        headings=[
            _("Name"),
            "NPS",
            _("Average"),
            _("Ratings"),
            _("Rating rate"),
            _("Answer rate"),
        ],
        rows=[_table_row(group) for group in groups],
        has_points=bool(bars),
        note=str(NPS_SCALE),
    )
    comparison = Comparison(bars, zero=across(zero) if zero else "")
    return render_chart(frame, "insights/charts/comparison.svg", comparison)


def _group_bar(group: FigureGroup, *, y: int, zero: float) -> GroupBar:
    nps = group.figures.nps or 0
    length = abs(nps) * (100 - zero) / 100
    sample = _sample(group.figures)
    is_long = len(group.label) > MAX_LABEL
    return GroupBar(
        y=y,
        label=group.label[: MAX_LABEL - 1].rstrip() + "…" if is_long else group.label,
        value=format_number(nps),
        length=across(length),
        tone="good" if nps >= 0 else "bad",
        tip=f"{group.label}: NPS {format_number(nps)} · {sample}",
        start=across(zero if nps >= 0 else zero - length),
        sample=sample,
        is_small=group.figures.says_little,
    )


def _table_row(group: FigureGroup) -> tuple[str, ...]:
    nps, average = group.figures.nps, group.figures.average
    return (
        group.label,
        DASH if nps is None else format_number(nps),
        DASH if average is None else format_number(average, 1),
        _sample(group.figures),
        format_percent(group.figures.rating_rate),
        format_percent(group.figures.answer_rate),
    )


def _sample(figures: Figures) -> str:
    if figures.says_little:
        return _("%(ratings)s, too few") % {"ratings": _ratings(figures.rated)}
    return _ratings(figures.rated)


def _ratings(count: int) -> str:
    return ngettext("%(many)s rating", "%(many)s ratings", count) % {"many": format_number(count)}


def _count_and_share(count: int, total: int) -> str:
    return f"{format_number(count)} · {format_percent(count / total if total else None)}"


def _stars(rating: int) -> str:
    return ngettext("%(rating)s star", "%(rating)s stars", rating) % {"rating": rating}
