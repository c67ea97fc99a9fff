"""Pages for visitors and search engines.

They set no cookie, so that no banner has to ask for consent. For the same reason the language is in
the address (`?lang=en`) and not in a cookie, which also lets search engines find both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_info


@dataclass(frozen=True)
class PageLanguage:
    """This page in one of the languages."""

    code: str
    name: str
    href: str
    url: str
    is_current: bool


def render_public_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    is_indexable: bool = True,
) -> HttpResponse:
    chosen = chosen_language(request)
    language = chosen or translation.get_language() or settings.LANGUAGE_CODE
    page_url = settings.SITE_URL + request.path
    shared = {
        "languages": [_page_in(code, request, language) for code, _name in settings.LANGUAGES],
        # Links between public pages keep a language that the visitor has chosen.
        "lang_query": f"?lang={chosen}" if chosen else "",
        "page_url": page_url,
        "canonical": f"{page_url}?lang={chosen}" if chosen else page_url,
        "is_indexable": is_indexable and settings.PUBLIC_SITE,
        "site": settings.SITE_URL,
    }
    with translation.override(language):
        response = render(request, template, shared | dict(context or {}))
    response["Content-Language"] = language
    # The browser asks again each time: after signing in, the same address shows something else.
    response["Cache-Control"] = "private, no-cache"
    if not shared["is_indexable"]:
        response["X-Robots-Tag"] = "noindex"
    return response


def chosen_language(request: HttpRequest) -> str:
    """Return the language in the address, or an empty text. Then the browser's decides."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


def _page_in(code: str, request: HttpRequest, current: str) -> PageLanguage:
    query = request.GET.copy()
    query["lang"] = code
    return PageLanguage(
        code=code,
        name=str(get_language_info(code)["name_local"]).capitalize(),
        href=f"?{query.urlencode()}",
        url=f"{settings.SITE_URL}{request.path}?lang={code}",
        is_current=code == current,
    )
