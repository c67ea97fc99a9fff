"""The badge for the web site of a clinic: an SVG that needs no script there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from insights.models import Report
from insights.sharing.link_cards import star_points
from insights.sharing.reports import ReportSummary
from insights.sharing.texts import report_texts
from workspaces.models import Practice

STARS = 5


class BadgeTheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    AUTO = "auto"

    @property
    def label(self) -> str:
        return str(THEME_NAMES[self])


class BadgeSize(StrEnum):
    SMALL = "s"
    MEDIUM = "m"
    LARGE = "l"

    @property
    def label(self) -> str:
        return str(SIZE_NAMES[self])

    @property
    def shape(self) -> "BadgeShape":
        return SHAPES[self]


@dataclass(frozen=True)
class BadgeShape:
    """Where the parts of a badge are, in pixels. `letters` is how much of the name fits."""

    width: int
    height: int
    letters: int
    star: int  # the width of a star, with its gap
    stars_x: int
    stars_y: int


SHAPES = {
    BadgeSize.SMALL: BadgeShape(148, 36, letters=0, star=17, stars_x=51, stars_y=18),
    BadgeSize.MEDIUM: BadgeShape(220, 64, letters=28, star=18, stars_x=62, stars_y=43),
    BadgeSize.LARGE: BadgeShape(320, 112, letters=36, star=25, stars_x=94, stars_y=58),
}
THEME_NAMES = {
    BadgeTheme.LIGHT: _("For a light page"),
    BadgeTheme.DARK: _("For a dark page"),
    BadgeTheme.AUTO: _("As the visitor’s device"),
}
SIZE_NAMES = {
    BadgeSize.SMALL: _("Small"),
    BadgeSize.MEDIUM: _("Medium"),
    BadgeSize.LARGE: _("Large"),
}


@dataclass(frozen=True)
class BadgeStyle:
    """How a badge looks. Badges that were embedded before there was a choice name neither."""

    size: BadgeSize = BadgeSize.MEDIUM
    theme: BadgeTheme = BadgeTheme.LIGHT

    @property
    def query(self) -> str:
        return f"?size={self.size}&theme={self.theme}"


def parse_style(size: str, theme: str) -> BadgeStyle:
    """Return the style, with the default for an unknown size or theme.

    A badge is on somebody else's page, where an error helps nobody.
    """
    return BadgeStyle(
        BadgeSize(size) if size in list(BadgeSize) else BadgeSize.MEDIUM,
        BadgeTheme(theme) if theme in list(BadgeTheme) else BadgeTheme.LIGHT,
    )


def render_badge(summary: ReportSummary, style: BadgeStyle) -> str:
    with translation.override(summary.language):
        average, rated = number_format(summary.average, 1), number_format(summary.figures.rated)
    words = report_texts(summary.language)
    alt = words["badge_alt" if summary.has_enough else "badge_alt_few"]
    shape = style.size.shape
    title = alt.format(practice=summary.practice.name, average=average, rated=rated)
    google = _google_words(summary) if style.size is BadgeSize.LARGE else None
    context = {
        "shown": summary,
        "style": style,
        "shape": shape,
        "words": words,
        "title": f"{title}. {google.alt}" if google else title,
        "google": google,
        "average": average,
        "rated": rated,
        "stars": _star_paths(shape),
        "filled": _filled_width(shape, summary.average),
        "middle": shape.height // 2,
    }
    return render_to_string("insights/sharing/badge.svg", context)


class GoogleWords(NamedTuple):
    """What the large badge says of Google, beside our own rating."""

    rating: str
    alt: str


def _google_words(summary: ReportSummary) -> GoogleWords | None:
    if not summary.google:
        return None
    with translation.override(summary.language):
        average = number_format(summary.google.average, 1)
        reviews = number_format(summary.google.reviews)
    alt = report_texts(summary.language)["google_alt"]
    return GoogleWords(f"{average} ({reviews})", alt.format(average=average, reviews=reviews))


def embed_code(report: Report, practice: Practice, style: BadgeStyle) -> SafeString:
    """Return the HTML of the badge, to be copied into the web site of the clinic.

    Width and height keep the page from moving when the picture arrives.
    """
    shape = style.size.shape
    alt = report_texts(practice.workspace.language)["badge_alt_few"]
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" width="{}" height="{}"></a>',
        settings.SITE_URL + reverse("public_report", args=[report.token]),
        settings.SITE_URL + reverse("badge", args=[report.token]) + style.query,
        alt.format(practice=practice.name),
        shape.width,
        shape.height,
    )


def _star_paths(shape: BadgeShape) -> str:
    """Return the five stars as one SVG path, because fonts draw the letter ★ differently."""
    radius = shape.star * 0.46
    stars = []
    for number in range(STARS):
        x = shape.stars_x + shape.star * (number + 0.5)
        corners = star_points(x, shape.stars_y, radius)
        stars.append("M" + "L".join(f"{cx:.1f} {cy:.1f}" for cx, cy in corners) + "Z")
    return "".join(stars)


def _filled_width(shape: BadgeShape, average: float) -> str:
    """Return the width of the filled stars. SVG wants a decimal point in every language."""
    return f"{shape.star * average:.1f}"
