"""How every page is rendered: in the patient's language, not to be kept and not to be indexed."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from messaging.patient_pages.visits import PatientVisit
from messaging.patient_pages.words import WORDS, words_in


def page(template: str, visit: PatientVisit, *, status: int = 200, **more: Any) -> HttpResponse:
    return in_language(template, visit.language, status, visit=visit, **more)


def star(language: str, number: str) -> dict[str, Any] | None:
    """A star as the page shows it, or None for anything but 1 to 5."""
    if number not in {"1", "2", "3", "4", "5"}:
        return None
    chosen = int(number)
    word = words_in(language)[f"star_{chosen}"]
    return {"number": chosen, "word": word, "full": "★" * chosen, "rest": "★" * (5 - chosen)}


def see(address: str) -> HttpResponse:
    """After a POST: reloading the page that follows sends nothing again."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def gone(request: HttpRequest) -> HttpResponse:
    return in_language("notice", asked_for(request), HTTPStatus.NOT_FOUND, name="gone")


def busy(request: HttpRequest) -> HttpResponse:
    response = in_language("notice", asked_for(request), HTTPStatus.TOO_MANY_REQUESTS, name="busy")
    response["Retry-After"] = "60"
    return response


def asked_for(request: HttpRequest) -> str:
    """Without a patient there is only the browser to go by."""
    for wanted in request.headers.get("Accept-Language", "").split(","):
        language = wanted.strip()[:2].lower()
        if language in WORDS:
            return language
    return "es"


def in_language(template: str, language: str, status: int, **context: Any) -> HttpResponse:
    words = words_in(language)
    if name := context.get("name"):
        context |= {"title": words[f"{name}_title"], "text": words[f"{name}_text"]}
    html = render_to_string(
        f"messaging/patient_pages/{template}.html",
        {"words": words, "language": language, **context},
    )
    response = HttpResponse(html, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
