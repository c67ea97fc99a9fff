"""Converts typed phone numbers to E.164."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def to_e164(typed: str, country: str) -> str:
    """Return a typed number in E.164. Without a country code it is one of `country`."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("There is no such phone number. Write it with its country code, like %(example)s."),
            params={"example": example(country)},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def example(country: str) -> str:
    number = phonenumbers.example_number(country)
    assert number, f"{country} has no telephones"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
