"""Render the pages, and the one for a link that does not exist.

In the patient's language, never cached and never indexed.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from messaging.patient_pages.visits import PatientVisit
from messaging.patient_texts import DEFAULT_LANGUAGE
from messaging.patient_texts.pages import PAGE_TEXTS, page_texts


def render_page(
    template: str, visit: PatientVisit, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of this visit, with the clinic's name, logo and colour."""
    shown = {"visit": visit, "practice": visit.practice, "brand": visit.brand, **context}
    if visit.doctor:
        title = page_texts(visit.language)["rate_title_with"]
        shown["rate_title"] = title.format(doctor=visit.doctor)
    return render_in_language(template, visit.language, status, **shown)


def describe_star(language: str, number: str) -> dict[str, Any] | None:
    """Return a star as the page shows it, or None for anything but 1 to 5."""
    if number not in {"1", "2", "3", "4", "5"}:
        return None
    chosen = int(number)
    word = page_texts(language)[f"star_{chosen}"]
    return {"number": chosen, "word": word, "full": "★" * chosen, "rest": "★" * (5 - chosen)}


def redirect_after_post(address: str) -> HttpResponse:
    """Redirect with 303, so that reloading the next page does not send the form again."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def render_not_found(request: HttpRequest) -> HttpResponse:
    return render_in_language(
        "notice", browser_language(request), HTTPStatus.NOT_FOUND, name="gone"
    )


def render_too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render_in_language(
        "notice", browser_language(request), HTTPStatus.TOO_MANY_REQUESTS, name="busy"
    )
    response["Retry-After"] = "60"
    return response


def browser_language(request: HttpRequest) -> str:
    """Return the language of the browser, for pages where no patient is known."""
    for wanted in request.headers.get("Accept-Language", "").split(","):
        language = wanted.strip()[:2].lower()
        if language in PAGE_TEXTS:
            return language
    return DEFAULT_LANGUAGE


def render_in_language(template: str, language: str, status: int, **context: Any) -> HttpResponse:
    words = page_texts(language)
    if name := context.get("name"):
        context |= {"title": words[f"{name}_title"], "text": words[f"{name}_text"]}
    html = render_to_string(
        f"messaging/patient_pages/{template}.html",
        {"words": words, "language": language, **context},
    )
    response = HttpResponse(html, status=status)
    set_private_headers(response)
    return response


def set_private_headers(response: HttpResponse) -> None:
    """Keep the page out of caches and search engines, and its address out of other sites' logs."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
