"""The page about the product, which signed-out visitors see at the address of Home."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from billing.pricing import describe_plans
from core.public_pages import render_public_page
from insights.home.forms import ResultsForm

HOME = "/"
# Query parameters of Home. An address with one of them was copied by a member, who has to sign in.
OF_HOME = frozenset(ResultsForm.base_fields)


class ExampleVisit(NamedTuple):
    """An invented appointment, for the pictures of the page."""

    time: str
    patient: str
    doctor: str


EXAMPLES = {
    "practice": "Consultorio Norte",
    "practice_initials": "CN",
    "colleague_initials": "ML",
    "review_link": "g.page/r/…/review",
    "visits": [
        ExampleVisit("08:30", "María V.", "Dra. López"),
        ExampleVisit("09:00", "Jorge P.", "Dr. Vera"),
        ExampleVisit("09:30", "Lucía T.", "Dra. López"),
    ],
}


def is_wanted(request: HttpRequest) -> bool:
    """Return whether a signed-out visitor gets the landing page instead of the sign-in page.

    Not for htmx: it asks for a part of Home after the session has ended, and the script then says
    that one has to sign in again.
    """
    return (
        settings.PUBLIC_SITE
        and request.path == HOME
        and request.method in {"GET", "HEAD"}
        and "HX-Request" not in request.headers
        and not OF_HOME & request.GET.keys()
    )


def render_landing(request: HttpRequest) -> HttpResponse:
    context = describe_plans(request) | {"example": EXAMPLES}
    return render_public_page(request, "public_site/landing.html", context)
