"""Elements of SVG and HTML, escaped; and the frame that every chart stands in."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from html import escape

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

NONE = "–"
UNGROUPED = 1000
Value = str | int | float


def element(name: str, *children: str, **attributes: Value | None) -> SafeString:
    """`class_` is class, `text_anchor` is text-anchor; what is None is left out. Children that are
    not markup are words, and escaped. By hand, for a page has a thousand of these."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return SafeString(f"<{name}{said}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> SafeString:
    return SafeString(
        "".join([part if isinstance(part, SafeString) else _escaped(part) for part in parts])
    )


def text(words: str, **attributes: Value | None) -> SafeString:
    return element("text", words, **attributes)


def across(percent: float) -> str:
    return f"{percent:.2f}%"


def point(tip: str, *drawn: str, class_: str = "chart-point") -> SafeString:
    """Something that says its value when pointed at, or reached by the arrow keys.

    The Tab key stops at the chart as a whole: a page of charts has a hundred of these.
    """
    title = element("title", tip)
    return element("g", title, *drawn, class_=class_, tabindex="-1", role="img", aria_label=tip)


def frame(
    *,
    drawing: str,
    height: int,
    title: str,
    told: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    class_: str = "",
    has_points: bool = True,
    note: str = "",
) -> SafeString:
    """The picture is of its figure, whose words are for those who cannot see it: a sentence, and a
    table of the same values. The note is for everyone.

    A picture with points is one stop of the Tab key; the script takes the arrow keys from there.
    """
    picture = element(
        "svg",
        element("desc", told),
        drawing,
        class_=f"chart-drawing {class_}".strip(),
        width="100%",
        height=height,
        role="group",
        aria_label=title,
        tabindex="0" if has_points else None,
        xmlns="http://www.w3.org/2000/svg",
    )
    keys = element("p", _("Arrow keys: value by value"), class_="chart-keys", aria_hidden="true")
    return element(
        "div",
        picture,
        *([keys] if has_points else []),
        *([element("p", note, class_="chart-note")] if note else []),
        _table(title, headings, rows),
        class_="chart",
    )


def number(value: float, decimals: int = 0) -> str:
    """With a real minus, and as the reader's language groups and points."""
    if isinstance(value, int) and 0 <= value < UNGROUPED and not decimals:
        return str(value)
    size = number_format(abs(round(value, decimals)), decimals, force_grouping=True)
    return f"−{size}" if round(value, decimals) < 0 else size


def percent(share: float | None) -> str:
    if share is None:
        return NONE
    return _("%(number)s %%") % {"number": number(share * 100)}


def shortened(label: str, length: int) -> str:
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> SafeString:
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = joined(
        element(
            "tr", element("th", row[0], scope="row"), *(element("td", value) for value in row[1:])
        )
        for row in rows
    )
    table = element(
        "table",
        element("caption", title),
        element("thead", head),
        element("tbody", body),
    )
    return element("div", table, class_="visually-hidden")


@lru_cache(maxsize=4096)
def _escaped(words: str) -> str:
    """The same places, sizes and classes come again and again."""
    return escape(words)


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _plain(value: Value) -> str:
    if isinstance(value, str):
        return _escaped(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
