"""The frame of the hosted pages."""

from aiohttp import web

from dev.doubles.kit.markup import page
from dev.doubles.stripe.pages.words import Words


def response(words: Words, title: str, *parts: object, leads_to: str | None = None) -> web.Response:
    return page(
        *parts,
        language=words.language,
        title=title,
        site=words("front title"),
        banner=words("test"),
        leads_to=leads_to,
    )
