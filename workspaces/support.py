"""How a clinic contacts the people who run this installation, from the settings."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class ContactWay:
    shown: str
    href: str
    sentence: str

    @property
    def is_elsewhere(self) -> bool:
        return self.href.startswith("https:")


def contact_ways() -> list[ContactWay]:
    """Return the ways that are configured, the preferred one first."""
    return [
        make(value)
        for value, make in (
            (settings.SUPPORT_EMAIL, _by_email),
            (settings.SUPPORT_WHATSAPP, _by_whatsapp),
            (settings.SUPPORT_PHONE, _by_phone),
            (settings.SUPPORT_URL, _on_a_page),
        )
        if value
    ]


def how_to_ask() -> str:
    """Return a sentence with the preferred contact, or a general one if none is configured."""
    first = next(iter(contact_ways()), None)
    return first.sentence if first else _("Ask the team of the platform for it.")


def _by_email(address: str) -> ContactWay:
    sentence = _("Write to us at %(address)s.") % {"address": address}
    return ContactWay(address, f"mailto:{address}", sentence)


def _by_whatsapp(number: str) -> ContactWay:
    digits = "".join(character for character in number if character.isdigit())
    sentence = _("Write to us on WhatsApp: %(number)s.") % {"number": number}
    return ContactWay(f"WhatsApp {number}", f"https://wa.me/{digits}", sentence)


def _by_phone(number: str) -> ContactWay:
    bare = "".join(character for character in number if character.isdigit() or character == "+")
    return ContactWay(number, f"tel:{bare}", _("Call us: %(number)s.") % {"number": number})


def _on_a_page(url: str) -> ContactWay:
    shown = url.removeprefix("https://").rstrip("/")
    return ContactWay(shown, url, _("You reach us at %(address)s.") % {"address": shown})
