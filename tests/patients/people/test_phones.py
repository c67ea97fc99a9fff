import random
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.people.phones import PhoneKind, PhoneReader
from workspaces.models.practice import Country

FORMS = ("{n}", "+{c}{n}", "00{c}{n}", "+{c} {n}", "{c}{n}", "0{n}")


def numbers_like(country: str, count: int) -> Iterator[str]:
    """Yield numbers similar to the country's example: valid and almost valid ones."""
    chance = random.Random(country)  # noqa: S311  # the same numbers each time
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    digits = phonenumbers.national_significant_number(example)
    for _ in range(count):
        kept = chance.randrange(len(digits))
        rest = "".join(chance.choice("0123456789") for _ in digits[kept:])
        number = digits[:kept] + rest + chance.choice(["", "", "", "7"])
        yield chance.choice(FORMS).format(n=number, c=example.country_code)


@pytest.mark.parametrize("country", Country.values)
def test_common_form_gives_the_same_number_as_the_full_parser(country: str) -> None:
    phones = PhoneReader(country)
    found = 0
    for text in numbers_like(country, 2_000):
        usual = phones.read_common_form(text)
        if usual:
            found += 1
            slow = phones.read_any_form(text)
            assert (slow.kind, slow.number) == (PhoneKind.MOBILE, usual), text
    assert found > 100


def test_mobiles_of_ecuador_rarely_need_the_full_parser() -> None:
    phones = PhoneReader("EC")
    texts = numbers_like("EC", 5_000)
    slowly = [text for text in texts if not phones.read_common_form(text)]
    taken = [text for text in slowly if phones.read_any_form(text).kind is PhoneKind.MOBILE]
    assert all(text.startswith("593") for text in taken)


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("CO", "300 123 4567", "+573001234567"),
        ("PE", "987 654 321", "+51987654321"),
        ("MX", "55 1234 5678", "+525512345678"),
        ("US", "(415) 555-2671", "+14155552671"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("BR", "(11) 96123-4567", "+5511961234567"),
        ("AR", "11 15 2345-6789", "+5491123456789"),
        ("CL", "9 6123 4567", "+56961234567"),
    ],
)
def test_national_number_is_read_by_its_country(country: str, text: str, number: str) -> None:
    assert PhoneReader(country).read(text).number == number


def test_unknown_country_reads_only_international_numbers() -> None:
    phones = PhoneReader("XX")
    assert phones.read("+593987654321").number == "+593987654321"
    assert phones.read("0987654321").kind is PhoneKind.INVALID


@given(st.text(max_size=60))
def test_any_text_gives_a_parsed_phone(text: str) -> None:
    phone = PhoneReader("EC").read(text)
    assert bool(phone.number) == (phone.kind is PhoneKind.MOBILE)
