"""Bars: how many gave which rating, how many got how far, and who stands where."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights.charts.drawing import (
    NONE,
    across,
    element,
    frame,
    joined,
    number,
    percent,
    point,
    shortened,
    text,
)
from insights.figures import FEW_ANSWERS, NPS_SCALE, Figures
from insights.reading import FigureGroup

# Beyond the longest bar there is room for its number, also on a phone.
LONGEST = 68
OFFSET = 34
TONES = {1: "bad", 2: "bad", 3: "even", 4: "good", 5: "good"}
SHOWN_AT_MOST = 12
LABEL_AT_MOST = 34
COMPARED = 68


def distribution(figures: Figures) -> SafeString:
    """The longest bar is the most frequent rating; the shares are of all."""
    most = max(*figures.ratings, 1)
    stars = list(enumerate(figures.ratings, 1))[::-1]
    drawn = [
        _row(
            f"{rating} ★",
            many / most * LONGEST,
            _of_all(many, figures.rated),
            tip=f"{_stars(rating)}: {_of_all(many, figures.rated)}",
            y=place * 36,
            tone=TONES[rating],
        )
        for place, (rating, many) in enumerate(stars)
    ]
    return frame(
        drawing=joined(drawn),
        height=5 * 36,
        title=_("Ratings from 5 to 1"),
        told=_many_ratings(figures.rated),
        headings=[_("Rating"), _("Patients"), _("Share")],
        rows=[
            (_stars(rating), number(many), percent(many / figures.rated if figures.rated else None))
            for rating, many in stars
        ],
    )


def funnel(figures: Figures) -> SafeString:
    """Each step in its share of those who were asked. An answer without a rating, such as a STOP,
    is no step towards a review."""
    steps = [
        (pgettext("funnel", "Asked"), figures.asked),
        (pgettext("funnel", "Delivered"), figures.delivered),
        (pgettext("funnel", "Rated"), figures.rated),
        (pgettext("funnel", "Rated 4 or 5"), figures.happy),
        (pgettext("funnel", "Opened the review link"), figures.clicked),
    ]
    shares = [(name, many, many / figures.asked if figures.asked else None) for name, many in steps]
    drawn = [
        _step(name, many, share, y=place * 50, tone=f"step-{place}")
        for place, (name, many, share) in enumerate(shares)
    ]
    return frame(
        drawing=joined(drawn),
        height=len(steps) * 50,
        title=_("From the question to the review"),
        told=_("Shares are of the patients who were asked."),
        headings=[_("Step"), _("Patients"), _("Share")],
        rows=[(name, number(many), percent(share)) for name, many, share in shares],
    )


def comparison(groups: Sequence[FigureGroup]) -> SafeString:
    """NPS side by side, from zero to either side; with a mark where too few rated to say much."""
    rated = [group for group in groups if group.figures.nps is not None][:SHOWN_AT_MOST]
    has_negative = any((group.figures.nps or 0) < 0 for group in rated)
    drawn = [
        _compared(group, y=place * COMPARED, zero=50.0 if has_negative else 0.0)
        for place, group in enumerate(rated)
    ]
    if not drawn:
        drawn = [text(_("Nobody rated in this time."), x="0", y=20, class_="chart-nothing")]
    return frame(
        drawing=joined(drawn),
        height=max(len(rated) * COMPARED, 28),
        title=_("NPS compared"),
        told=_("A triangle marks fewer than %(few)s ratings: too few to compare by.")
        % {"few": FEW_ANSWERS},
        headings=[
            _("Name"),
            "NPS",
            _("Average"),
            _("Ratings"),
            _("Rating rate"),
            _("Answer rate"),
        ],
        rows=[
            (
                group.label,
                NONE if group.figures.nps is None else number(group.figures.nps),
                NONE if group.figures.average is None else number(group.figures.average, 1),
                _sample(group.figures),
                percent(group.figures.rating_rate),
                percent(group.figures.answer_rate),
            )
            for group in groups
        ],
        has_points=bool(rated),
        note=str(NPS_SCALE),
    )


def _row(label: str, length: float, value: str, *, tip: str, y: int, tone: str) -> SafeString:
    """The label has its pixels; the bar its share of what is left, and the value follows it."""
    bar = element(
        "svg",
        element("rect", x="0", y=y + 9, width=across(length), height=14, rx=4, class_="chart-bar"),
        text(value, x=across(length), dx=8, y=y + 21, class_="chart-number"),
        x=OFFSET,
        class_="chart-inside",
    )
    back = element("rect", x="0", y=y + 2, width="100%", height=30, rx=6, class_="chart-back")
    return point(
        tip,
        back,
        text(label, x="0", dx=2, y=y + 21, class_="chart-label"),
        bar,
        class_=f"chart-point chart-{tone}",
    )


def _step(name: str, many: int, share: float | None, *, y: int, tone: str) -> SafeString:
    return point(
        f"{name}: {number(many)} · {percent(share)}",
        text(name, x="0", y=y + 16, class_="chart-label"),
        text(
            f"{number(many)} · {percent(share)}",
            x="100%",
            y=y + 16,
            class_="chart-number",
            text_anchor="end",
        ),
        element("rect", x="0", y=y + 24, width="100%", height=14, rx=4, class_="chart-track"),
        element(
            "rect",
            x="0",
            y=y + 24,
            width=across((share or 0) * 100),
            height=14,
            rx=4,
            class_="chart-bar",
        ),
        class_=f"chart-point chart-{tone}",
    )


def _compared(group: FigureGroup, *, y: int, zero: float) -> SafeString:
    nps = group.figures.nps or 0
    length = abs(nps) * (100 - zero) / 100
    tone = "good" if nps >= 0 else "bad"
    said = f"NPS {number(nps)} · {_sample(group.figures)}"
    return point(
        f"{group.label}: {said}",
        *([_warning(y)] if group.figures.says_little else []),
        text(
            shortened(group.label, LABEL_AT_MOST),
            x="0",
            dx=22 if group.figures.says_little else 0,
            y=y + 16,
            class_="chart-label",
        ),
        text(number(nps), x="100%", y=y + 16, class_="chart-label", text_anchor="end"),
        text(_sample(group.figures), x="0", y=y + 54, class_="chart-number"),
        element("rect", x="0", y=y + 24, width="100%", height=14, rx=4, class_="chart-track"),
        element(
            "rect",
            x=across(zero if nps >= 0 else zero - length),
            y=y + 24,
            width=across(length),
            height=14,
            rx=4,
            class_="chart-bar",
        ),
        *([_zero(y, zero)] if zero else []),
        class_=f"chart-point chart-{tone}" + (" chart-few" if group.figures.says_little else ""),
    )


def _zero(y: int, zero: float) -> SafeString:
    return element(
        "line", x1=across(zero), x2=across(zero), y1=y + 20, y2=y + 42, class_="chart-ground"
    )


def _warning(y: int) -> SafeString:
    return element(
        "path",
        d="M8 0 L16 14 H0 Z M8 5 V9 M8 11.4 V11.6",
        class_="chart-warning",
        transform=f"translate(0 {y + 3})",
    )


def _sample(figures: Figures) -> str:
    if figures.says_little:
        return _("%(ratings)s, too few") % {"ratings": _many_ratings(figures.rated)}
    return _many_ratings(figures.rated)


def _many_ratings(many: int) -> str:
    return ngettext("%(many)s rating", "%(many)s ratings", many) % {"many": number(many)}


def _of_all(many: int, of: int) -> str:
    return f"{number(many)} · {percent(many / of if of else None)}"


def _stars(rating: int) -> str:
    return ngettext("%(rating)s star", "%(rating)s stars", rating) % {"rating": rating}
