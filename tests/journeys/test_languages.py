"""Spanish is the default; users who choose English see no Spanish."""

import re

from tests.journeys.mailbox import Mailbox
from tests.journeys.people import DOCTOR
from tests.journeys.visitor import Visitor

SPANISH = re.compile("[áéíóúñ¿¡]", re.IGNORECASE)


def reads_only_english(visitor: Visitor) -> None:
    """Check that the page has no Spanish letters. Most untranslated sentences have an accent."""
    page = visitor.page
    assert page.locator("html").get_attribute("lang") == "en"
    text = "\n".join(page.locator("body > header, main").all_inner_texts())
    assert not SPANISH.search(text.replace("Write á as a", "")), text


def test_clinic_that_chose_english_sees_no_spanish(visitor: Visitor, mailbox: Mailbox) -> None:
    visitor.opens("/accounts/signup/").presses("English").sees("Open an account")
    visitor.writes("Your name", "Grace Hall").writes("Clinic or group", "Hall Clinic")
    visitor.writes("First practice", "Main Street").writes("Password", "three words are easy")
    visitor.writes("Email", "grace@hall.example").takes_a_picture("sign up")
    reads_only_english(visitor)
    visitor.presses("Open the account").sees("Enter the code from the e-mail")
    visitor.writes("Code", mailbox.code("grace@hall.example", about="is your code"))
    visitor.presses("Continue").sees("Hello, Grace Hall", "Next steps")
    visitor.takes_a_picture("home")
    reads_only_english(visitor)

    visitor.follows("New campaign").writes("Name", "Check-ups").presses("Save as a draft")
    visitor.sees("“Check-ups” is saved").presses("Activate").sees("“Check-ups” is active")
    visitor.takes_a_picture("campaign")
    reads_only_english(visitor)
    for address in (
        *("/campaigns/", "/practices/", "/team/", "/audit/", "/profile/"),
        *("/settings/", "/settings/clinic", "/search/"),
    ):
        visitor.opens(address).takes_a_picture(address.strip("/"))
        reads_only_english(visitor)

    visitor.signs_out().sees("Welcome back")
    reads_only_english(visitor)


def test_language_is_switched_and_remembered(visitor: Visitor) -> None:
    visitor.signs_in(*DOCTOR).sees("Hola, Dra. María López")
    visitor.presses("English").sees("Hello, Dra. María López", "Campaigns")
    visitor.follows("Campaigns").sees(re.compile("campaigns? (is|are) active"))
    visitor.signs_out().sees("Welcome back").signs_in(*DOCTOR).sees("Hello, Dra. María López")
    visitor.presses("Español").sees("Hola, Dra. María López")
