"""The star page as the clinic's own people see it before patients do."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from messaging.patient_pages import pages
from messaging.patient_pages.visits import PatientVisit
from patients.doctors.listing import pick_example
from workspaces.access import Can, member
from workspaces.branding import brands
from workspaces.branding.colours import COLOUR
from workspaces.practices import first_practice
from workspaces.requests import MemberRequest

# In the addresses of the page's forms, and too short to be a token.
EXAMPLE = "-"
# It may be shown within the page on which the brand is chosen, and its forms lead nowhere.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)


@member(Can.MANAGE_WORKSPACE)
@xframe_options_sameorigin
@require_GET
def star_page(request: MemberRequest) -> HttpResponse:
    """Show the star page with the saved logo, and with the colour of the address if it has one."""
    brand = brands.find_brand(request.workspace.pk)
    colour = request.GET.get("colour", "").lower()
    if COLOUR.fullmatch(colour):
        brand = replace(brand, colour=colour)
    response = pages.render_page("rate", _sample_visit(request, brand), token=EXAMPLE)
    response["Content-Security-Policy"] = POLICY
    return response


def _sample_visit(request: MemberRequest, brand: brands.ShownBrand) -> PatientVisit:
    practice = first_practice(request.workspace)
    doctor = pick_example(request.workspace) if brand.shows_doctor else None
    return PatientVisit(
        language=get_language() or request.workspace.language,
        practice=practice.name if practice else request.workspace.name,
        rating=None,
        has_feedback=False,
        has_words=False,
        may_be_quoted=False,
        has_stopped=False,
        review_url="",
        is_invited=True,
        may_change=False,
        brand=brand,
        doctor=doctor.name if doctor else "",
        doctor_photo=doctor.photo if doctor else None,
    )
