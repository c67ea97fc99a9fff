"""Every page can be read, operated and understood by everyone, as far as a machine can tell.

Nobody keeps a list of pages: each visitor follows the links from the navigation on, once to each
name of the URL configuration, so that a new page is judged as soon as something leads to it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle

import pytest
from django.urls import resolve
from playwright.sync_api import Error

from tests.journeys.conftest import Visitors
from tests.journeys.people import DOCTOR, OWNER, RECEPTION
from tests.journeys.rules import DESK_BY_DAY, PHONE_AT_NIGHT, Look, broken_by
from tests.journeys.visitor import Visitor

BOTH = [DESK_BY_DAY, PHONE_AT_NIGHT]
# `make test-long` looks at every page both by day and by night, the suite at each page once.
EVERY_LOOK = os.environ.get("EVERY_LOOK") == "1"
OF_RECEPTION = {"home", "campaigns", "imports", "import", "profile", "usersessions_list"}
SHARED = OF_RECEPTION - {"home", "import"}  # reception's look otherwise
OF_DOCTORS = OF_RECEPTION | {
    *("results", "campaign", "campaign_edit", "campaign_cancel", "templates", "template"),
    *("inbox", "inbox_conversation", "recovery", "recovery_case", "patients", "patient"),
    *("patient_edit", "patient_move", "patient_opt_out", "suppressions", "practices"),
}
OF_OWNERS = OF_DOCTORS | {
    *("template_edit", "template_test", "practice_edit", "sharing", "poster", "team", "invite"),
    *("member_role", "member_remove", "audit", "workspace_settings", "suppression_add"),
    *("find_person", "person", "patient_erase"),
    *("billing", "billing_credits", "pricing", "keys", "key_new", "api_docs"),
    *("endpoints", "endpoint_new"),
}


def links(visitor: Visitor, place: str) -> list[str]:
    """To pages: what is marked as a download has no looks, and what others made is not ours."""
    ours = f"{place} a[href^='/']:not([download], [data-borrowed] *)"
    found: list[str] = visitor.page.locator(ours).evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return found


def pages_of(visitor: Visitor) -> Iterator[str]:
    """The name of each page, while the visitor is there."""
    waiting, seen = links(visitor, "body"), set[str]()
    while waiting:
        address = waiting.pop(0)
        name = resolve(address.partition("?")[0]).view_name
        if name in seen:
            continue
        seen.add(name)
        with suppress(Error):  # a file, which is downloaded
            visitor.opens(address)
            yield name
            waiting += links(visitor, "main")


def is_for_everyone(visitor: Visitor) -> None:
    broken = broken_by(visitor, *BOTH)
    assert not broken, "\n".join(broken)


# A page that several have is judged by day for one of them, and by night for the other.
@pytest.mark.parametrize(
    ("who", "pages", "look", "elsewhere"),
    [
        pytest.param(OWNER, OF_OWNERS, DESK_BY_DAY, OF_DOCTORS, id="owner"),
        pytest.param(DOCTOR, OF_DOCTORS, PHONE_AT_NIGHT, OF_DOCTORS, id="doctor"),
        pytest.param(RECEPTION, OF_RECEPTION, PHONE_AT_NIGHT, SHARED, id="reception"),
    ],
)
def test_every_page_of_the_house(
    visitor: Visitor, who: tuple[str, str], pages: set[str], look: Look, elsewhere: set[str]
) -> None:
    visitor.signs_in(*who).is_at("/")
    seen, broken, turns = set[str](), list[str](), cycle(BOTH)
    for name in pages_of(visitor):
        seen.add(name)
        own = BOTH if EVERY_LOOK else [next(turns)]
        broken += broken_by(visitor, *([look] if name in elsewhere else own))
    assert not broken, "\n".join(broken)
    assert not pages - seen, f"nothing leads to {pages - seen}"


def test_the_way_in(visitor: Visitor) -> None:
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        is_for_everyone(visitor.opens(address))
    with visitor.expecting("404"):
        is_for_everyone(visitor.opens("/nothing/here/"))


def test_what_patients_see(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).follows("Descontentos")
    owner.page.locator(".case-who").first.click()
    owner.follows("Todo sobre este paciente").sees("Pregunta por")
    (unhappy, *_) = re.findall(r"/r/[\w-]+", owner.page.content())
    patient = visitors()
    for address in (unhappy, unhappy.replace("/r/", "/f/"), unhappy.replace("/r/", "/o/")):
        is_for_everyone(patient.opens(address))
    with patient.expecting("404"):
        is_for_everyone(patient.opens("/r/nobody"))


def test_what_anyone_sees(visitors: Visitors) -> None:
    owner = visitors().signs_in(*OWNER).follows("Compartir").sees("Informe público")
    report = owner.page.locator("a[href^='/p/']").first.get_attribute("href")
    owner.follows("Código para imprimir").sees("Escanee")
    (desk,) = re.findall(r"/d/[\w-]+", owner.takes_a_picture("poster").page.inner_text("main"))
    anyone = visitors()
    is_for_everyone(anyone.opens(str(report)).takes_a_picture("report"))
    is_for_everyone(anyone.opens(desk).takes_a_picture("stars at the counter"))
    anyone.presses(re.compile("Excelente$")).sees("Gracias")
    is_for_everyone(anyone.takes_a_picture("thanks"))
