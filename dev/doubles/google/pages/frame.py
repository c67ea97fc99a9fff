"""The frame of the pages, and what several of them show."""

from aiohttp import web

from dev.doubles.google.pages.words import Words
from dev.doubles.kit.markup import Html, page, tag
from dev.doubles.kit.words import language_of


def words_for(request: web.Request) -> Words:
    """Return the texts in the language of `hl`, else of the browser, else in Spanish."""
    return Words(language_of(request.query.get("hl"), request.headers))


def response(
    words: Words, title: str, *parts: object, status: int = 200, leads_to: str | None = None
) -> web.Response:
    found = page(
        *parts,
        language=words.language,
        title=title,
        site=words("site"),
        banner=words("test"),
        styles=["/static/google.css"],
        leads_to=leads_to,
    )
    found.set_status(status)
    return found


def stars(words: Words, number: int) -> Html:
    """Show stars that a screen reader reads as one sentence."""
    drawn = "★" * number + "☆" * (5 - number)
    return tag("span", drawn, role="img", aria_label=words.stars(number), class_="stars")
