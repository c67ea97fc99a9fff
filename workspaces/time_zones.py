"""The time zones that a practice can choose, by country and city."""

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import get_language, gettext

from workspaces.models.practice import Country

Group = tuple[str, list[tuple[str, str]]]


def choices(*, present: str = "") -> list[Group]:
    """Return the choices in the current language. The `present` zone is always among them."""
    language = get_language() or "es"
    groups = [
        (
            str(country.label),
            [(zone, _city_name(zone, language)) for zone in _zones_of_country(country)],
        )
        for country in sorted(Country, key=lambda country: str(country.label))
    ]
    offered = {zone for _label, zones in groups for zone, _name in zones}
    if present and present not in offered:
        groups.insert(0, (gettext("In use"), [(present, city(present))]))
    return groups


def city(zone: object) -> str:
    return _city_name(str(zone), get_language() or "es")


@lru_cache
def _zones_of_country(country: str) -> list[str]:
    zones: list[str] = get_global("territory_zones")[country]
    return sorted(zones)


@lru_cache
def _city_name(zone: str, language: str) -> str:
    locale = Locale.parse(language, sep="-")
    return get_timezone_location(zone, locale=locale, return_city=True)
