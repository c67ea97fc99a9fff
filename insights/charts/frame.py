"""The frame that all charts share, and how charts write numbers and positions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

DASH = "–"
THOUSAND = 1000


@dataclass(frozen=True)
class Key:
    """One mark of a drawing and what it means. The mark names a CSS class, `chart-key-…`."""

    mark: str
    words: str


@dataclass(frozen=True)
class Frame:
    """What `chart.html` shows around a drawing.

    The description and the table are for people who cannot see the picture, the note and the keys
    are for all. A picture with points is one stop of the Tab key. The script moves between the
    points with the arrow keys: a page of charts has a hundred of them.
    """

    title: str
    description: str
    height: int
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    css_class: str = ""
    has_points: bool = True
    has_links: bool = False
    note: str = ""
    keys: Sequence[Key] = ()


def render_chart(frame: Frame, template: str, drawing: object) -> SafeString:
    """Render `template` with `drawing` inside of the frame."""
    context = {"frame": frame, "template": template, "drawing": drawing}
    return render_to_string("insights/charts/chart.html", context)


def format_number(value: float, decimals: int = 0) -> str:
    """Format a number in the reader's language, with a real minus sign."""
    if isinstance(value, int) and 0 <= value < THOUSAND and not decimals:
        return str(value)
    size = number_format(abs(round(value, decimals)), decimals, force_grouping=True)
    return f"−{size}" if round(value, decimals) < 0 else size


def format_percent(share: float | None) -> str:
    if share is None:
        return DASH
    return _("%(number)s %%") % {"number": format_number(share * 100)}


def across(percent: float) -> str:
    """Return a horizontal position or width."""
    return f"{percent:.2f}%"


def down(pixels: float) -> str:
    """Return a vertical position in pixels, with at most two decimals."""
    return f"{pixels:.2f}".rstrip("0").rstrip(".")
