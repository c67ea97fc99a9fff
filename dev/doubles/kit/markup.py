"""Builds the pages of the doubles, and escapes every value in them."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

STATIC = Path(__file__).parent / "static"
SHARED_STYLES = "/kit/pages.css"

# `form-action` also allows the site to which the page leads its visitors back.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'self' {}; frame-ancestors 'none'"
)


class Html(str):
    """Markup that needs no escaping."""

    __slots__ = ()


def safe(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


def tag(element: str, /, *inside: object, **attributes: object) -> Html:
    """Build an element. `class_` becomes `class`, True an attribute without a value, False none."""
    shown = "".join(
        f" {key.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not False and value is not None
    )
    return Html(f"<{element}{shown}>{''.join(map(safe, inside))}</{element}>")


def together(parts: Iterable[object]) -> Html:
    return Html("".join(map(safe, parts)))


def field(label: str, name: str, value: str = "", **attributes: object) -> Html:
    return tag("label", tag("span", label), void("input", name=name, value=value, **attributes))


def void(element: str, /, **attributes: object) -> Html:
    return Html(tag(element, **attributes).removesuffix(f"</{element}>"))


def button(label: str, action: str, *, style: str = "", **hidden: str) -> Html:
    """Build a form with hidden fields and one button."""
    fields = (void("input", type="hidden", name=key, value=value) for key, value in hidden.items())
    submit = tag("button", label, name="action", value=action, class_=style or None)
    return tag("form", *fields, submit, method="post")


def facts(rows: Mapping[str, object]) -> Html:
    return tag(
        "dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows.items())
    )


def notice(text: str, kind: str = "") -> Html:
    return tag("p", text, class_=f"notice {kind}".strip(), role="status")


def page(
    *parts: object,
    language: str,
    title: str,
    site: str,
    banner: str,
    styles: Iterable[str] = (),
    leads_to: str | None = None,
) -> web.Response:
    """Return a page. `styles` come after those that all doubles share."""
    origin = ""
    if leads_to:
        target = urlsplit(leads_to)
        origin = f"{target.scheme}://{target.netloc}"
    head = together(
        (
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", f"{title} · {site}"),
            Html('<link rel="icon" href="/static/icon.svg" type="image/svg+xml">'),
            *(void("link", rel="stylesheet", href=style) for style in (SHARED_STYLES, *styles)),
        )
    )
    header = tag("header", tag("p", banner, class_="banner"))
    body = tag("body", header, tag("main", tag("h1", title), *parts))
    html = tag("html", tag("head", head), body, lang=language)
    return web.Response(
        text=f"<!doctype html>{html}",
        content_type="text/html",
        headers={"Content-Security-Policy": POLICY.format(origin).replace(" ;", ";")},
    )


def static_files(own: Path) -> list[web.AbstractRouteDef]:
    """Return the routes of a double's own files and of those that all doubles share."""
    return [web.static("/static", own), web.static("/kit", STATIC)]
