from datetime import date

import pytest
from django.core.management import call_command
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

from config import translations
from config.translations import BORROWED, COMPILED, OURS


def test_every_text_is_translated() -> None:
    call_command("translations", "check")


def test_compiled_catalogue_is_up_to_date() -> None:
    assert COMPILED.exists(), "No Spanish yet: run `python manage.py translations compile`."
    written = translations.to_mo(translations.read(OURS), translations.read(BORROWED))
    assert COMPILED.read_bytes() == written, (
        "The Spanish is of an earlier text: run `python manage.py translations compile`."
    )


def test_page_exists_in_both_languages() -> None:
    with override("es"):
        assert gettext("Campaigns") == "Campañas"
    with override("en"):
        assert gettext("Campaigns") == "Campaigns"


def test_borrowed_text_replaces_that_of_package() -> None:
    with override("es"):
        assert gettext("Incorrect password.") == "La contraseña no es correcta."


def test_plurals_of_django_are_kept() -> None:
    with override("es"):
        assert ngettext("%(num)d day", "%(num)d days", 2) % {"num": 2} == "2 días"


MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("month", range(1, 13))
def test_month_has_its_name(month: int) -> None:
    day = date(2026, month, 12)
    spanish, english = (MONTHS[language].split()[month - 1] for language in ("es", "en"))

    with override("es"):
        assert date_format(day, "DATE_FORMAT") == f"12 de {spanish} de 2026"
        assert date_format(day, "YEAR_MONTH_FORMAT") == f"{spanish} de 2026"
        assert date_format(day, "SHORT_DATE_FORMAT") == f"12 {spanish[:3]} 2026"
        assert date_format(day, "M b E").lower() == f"{spanish[:3]} {spanish[:3]} {spanish}"
        assert spanish.startswith(date_format(day, "N").rstrip(".").lower())
    with override("en"):
        assert date_format(day, "SHORT_DATE_FORMAT") == f"12 {english[:3]} 2026"
        assert date_format(day, "F E") == f"{english} {english}"


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("es", "lunes martes miércoles jueves viernes sábado domingo"),
        ("en", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    ],
)
def test_weekday_has_its_name(language: str, days: str) -> None:
    with override(language):
        for number, name in enumerate(days.split(), start=1):
            monday_first = date(2026, 6, number)
            assert date_format(monday_first, "l D") == f"{name} {name[:3]}"
