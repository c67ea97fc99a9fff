"""Every page meets WCAG 2.2 AA, as far as axe can check it.

Each visitor follows all links from the navigation on and checks one page for each URL name. So a
new page is checked as soon as a link leads to it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Error

from tests.journeys.accessibility import DESK_BY_DAY, PHONE_AT_NIGHT, find_violations
from tests.journeys.conftest import Visitors
from tests.journeys.people import DOCTOR, OWNER, RECEPTION
from tests.journeys.visitor import Visitor

BOTH = [DESK_BY_DAY, PHONE_AT_NIGHT]
# `make test-long` checks every page in both looks. The normal suite checks the contrast of colours
# once for each page, in alternating looks, and only the other rules again for other roles.
EVERY_LOOK = os.environ.get("EVERY_LOOK") == "1"
OF_RECEPTION = {
    *("home", "campaigns", "imports", "import", "profile", "notifications", "usersessions_list"),
    "ask_one",
}
# Doctors have these pages too. Reception's home and import pages look different.
SHARED = OF_RECEPTION - {"home", "import"}
OF_DOCTORS = OF_RECEPTION | {
    *(
        "results",
        "ratings",
        "campaign",
        "campaign_edit",
        "campaign_cancel",
        "templates",
        "template",
    ),
    *("inbox", "inbox_conversation", "recovery", "recovery_case", "patients", "patient"),
    *("patient_edit", "patient_move", "patient_opt_out", "suppressions", "practices"),
    *("reviews", "review", "brought"),
}
OF_OWNERS = OF_DOCTORS | {
    *("template_edit", "template_test", "practice_edit", "sharing", "poster", "team", "invite"),
    *("report_edit", "badge_chooser", "template_submit"),
    *("member", "member_suspend", "campaign_hand_over"),
    *("member_role", "member_remove", "audit", "workspace_settings", "suppression_add"),
    *("find_person", "person", "patient_erase"),
    *("billing", "billing_credits", "pricing", "keys", "key_new", "api_docs"),
    *("endpoints", "endpoint_new", "brand", "doctors", "doctor"),
    *("google_connection", "google_locations", "google_disconnect"),
}


def links(visitor: Visitor, place: str) -> list[str]:
    """Return the links to our own pages, without downloads and third-party parts."""
    selector = f"{place} a[href^='/']:not([download], [data-borrowed] *)"
    addresses: list[str] = visitor.page.locator(selector).evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return addresses


def visit_pages(visitor: Visitor) -> Iterator[str]:
    """Open one page for each URL name, and yield the name while the page is open."""
    to_visit, seen = links(visitor, "body"), set[str]()
    while to_visit:
        address = to_visit.pop(0)
        name = resolve(urlsplit(address).path).view_name
        if name in seen:
            continue
        seen.add(name)
        with suppress(Error):  # the link is a download
            visitor.opens(address)
            yield name
            to_visit += links(visitor, "main")


def assert_accessible(visitor: Visitor) -> None:
    violations = find_violations(visitor, *BOTH)
    assert not violations, "\n".join(violations)


# Pages that doctors and reception see like owners.
@pytest.mark.parametrize(
    ("who", "pages", "known"),
    [
        pytest.param(OWNER, OF_OWNERS, set[str](), id="owner"),
        pytest.param(DOCTOR, OF_DOCTORS, OF_DOCTORS, id="doctor"),
        pytest.param(RECEPTION, OF_RECEPTION, SHARED, id="reception"),
    ],
)
def test_every_page_of_members_is_accessible(
    visitor: Visitor, who: tuple[str, str], pages: set[str], known: set[str]
) -> None:
    visitor.signs_in(*who).is_at("/")
    seen, violations, turns = set[str](), list[str](), cycle(BOTH)
    for name in visit_pages(visitor):
        seen.add(name)
        looks = BOTH if EVERY_LOOK else [next(turns)]
        contrast = EVERY_LOOK or name not in known
        violations += find_violations(visitor, *looks, contrast=contrast)
    assert not violations, "\n".join(violations)
    assert not pages - seen, f"no link leads to {pages - seen}"


def test_pages_before_signing_in_are_accessible(visitor: Visitor) -> None:
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        assert_accessible(visitor.opens(address))
    for address in ("/", "/pricing/", "/legal/terms/"):
        assert_accessible(visitor.opens(address).takes_a_picture(address.strip("/") or "landing"))
    with visitor.expecting("404"):
        assert_accessible(visitor.opens("/nothing/here/"))


def test_pages_of_patients_are_accessible(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).follows(re.compile("^Descontentos"))
    owner.page.locator(".case-who").first.click()
    owner.opens_the_menu().follows("Todo sobre este paciente").sees("Pregunta por")
    (unhappy, *_) = re.findall(r"/r/[\w-]+", owner.page.content())
    patient = visitors()
    for address in (unhappy, unhappy.replace("/r/", "/f/"), unhappy.replace("/r/", "/o/")):
        assert_accessible(patient.opens(address))
    with patient.expecting("404"):
        assert_accessible(patient.opens("/r/nobody"))


def test_public_pages_are_accessible(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).is_at("/").opens_in_settings("Compartir")
    owner.sees("Informe público")
    report = owner.page.locator("a[href^='/p/']").first.get_attribute("href")
    owner.follows("Código para imprimir").sees("Escanee")
    (desk,) = re.findall(r"/d/[\w-]+", owner.takes_a_picture("poster").page.inner_text("main"))
    anyone = visitors()
    assert_accessible(anyone.opens(str(report)).takes_a_picture("report"))
    assert_accessible(anyone.opens(desk).takes_a_picture("stars at the counter"))
    anyone.presses(re.compile("Excelente$")).sees("Gracias")
    assert_accessible(anyone.takes_a_picture("thanks"))
