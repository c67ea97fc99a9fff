"""Bar charts: ratings, and the funnel from question to review."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights.charts import words
from insights.charts.frame import Frame, across, format_number, format_percent, render_chart
from insights.figures import Figures
from insights.ratings.search import HAPPY_STARS, Shown
from insights.scope import Scope

# In per cent. The number is to the right of the bar, and this leaves room for it on a phone.
MAX_LENGTH = 68
TONES = {1: "bad", 2: "bad", 3: "even", 4: "good", 5: "good"}
RATING_HEIGHT, STEP_HEIGHT = 36, 50


@dataclass(frozen=True)
class Bar:
    """A bar of either chart. `y` is the top of its row."""

    y: int
    label: str
    value: str
    length: str
    tone: str
    tip: str
    link: str


def render_ratings_chart(figures: Figures, scope: Scope | None = None) -> SafeString:
    """Draw how many patients gave each rating. The most frequent rating has the longest bar.

    With the `scope` of the figures, each bar leads to its ratings.
    """
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
            link=scope.ratings_url(rating) if scope and count else "",
        )
        for index, (rating, count) in enumerate(counts)
    ]
    frame = Frame(
        title=_("Ratings from 5 to 1"),
        description=words.ratings(figures.rated),
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
        has_links=any(bar.link for bar in bars),
    )
    return render_chart(frame, "insights/charts/ratings.svg", bars)


def render_funnel_chart(figures: Figures, scope: Scope | None = None) -> SafeString:
    """Draw each step as a share of the patients who were asked.

    It counts ratings and not answers: a STOP is no step towards a review. With the `scope` of the
    figures, each step leads to its visits.
    """
    happy = scope.ratings_url(*HAPPY_STARS) if scope else ""
    steps = [
        (pgettext("funnel", "Asked"), figures.asked, _link(scope, Shown.ASKED)),
        (pgettext("funnel", "Delivered"), figures.delivered, _link(scope, Shown.DELIVERED)),
        (pgettext("funnel", "Rated"), figures.rated, _link(scope, Shown.RATINGS)),
        (pgettext("funnel", "Rated 4 or 5"), figures.happy, happy),
        (
            pgettext("funnel", "Opened the review link"),
            figures.clicked,
            _link(scope, Shown.CLICKED),
        ),
    ]
    return _render_steps(_("From the question to the review"), steps)


def render_brought_chart(figures: Figures, likely: int, scope: Scope | None = None) -> SafeString:
    """Draw the steps up to the reviews that probably came from a question."""
    steps = [
        (pgettext("funnel", "Asked"), figures.asked, _link(scope, Shown.ASKED)),
        (pgettext("funnel", "Delivered"), figures.delivered, _link(scope, Shown.DELIVERED)),
        (pgettext("funnel", "Answered"), figures.answered, _link(scope, Shown.ANSWERED)),
        (
            pgettext("funnel", "Opened the review link"),
            figures.clicked,
            _link(scope, Shown.CLICKED),
        ),
        (pgettext("funnel", "Likely reviewed"), likely, _link(scope, Shown.LIKELY)),
    ]
    return _render_steps(_("From the question to the public review"), steps)


def _render_steps(title: str, steps: Sequence[tuple[str, int, str]]) -> SafeString:
    """Draw steps of a name, a count and perhaps a link. The first one is all of them."""
    total = steps[0][1]
    bars = [
        Bar(
            y=index * STEP_HEIGHT,
            label=name,
            value=_count_and_share(count, total),
            length=across(count / total * 100 if total else 0),
            tone=f"step-{index}",
            tip=f"{name}: {_count_and_share(count, total)}",
            link=link if count else "",
        )
        for index, (name, count, link) in enumerate(steps)
    ]
    frame = Frame(
        title=title,
        description=_("Shares are of the patients who were asked."),
        height=len(bars) * STEP_HEIGHT,
        headings=[_("Step"), _("Patients"), _("Share")],
        rows=[
            (name, format_number(count), format_percent(count / total if total else None))
            for name, count, _link in steps
        ],
        has_links=any(bar.link for bar in bars),
    )
    return render_chart(frame, "insights/charts/funnel.svg", bars)


def _link(scope: Scope | None, shown: Shown) -> str:
    return scope.visits_url(shown) if scope else ""


def _count_and_share(count: int, total: int) -> str:
    return f"{format_number(count)} · {format_percent(count / total if total else None)}"


def _stars(rating: int) -> str:
    return ngettext("%(rating)s star", "%(rating)s stars", rating) % {"rating": rating}
