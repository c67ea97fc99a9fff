"""Which practice is proposed for a location."""

import pytest

from reviews.connection.matching import MatchReason, propose_matches
from reviews.models import GoogleLocation
from workspaces.models import Practice


def location(title: str, address: str = "", place_id: str = "") -> GoogleLocation:
    return GoogleLocation(title=title, address=address, place_id=place_id)


def practice(name: str, address: str = "", city: str = "", place_id: str = "") -> Practice:
    return Practice(name=name, address=address, city=city, google_place_id=place_id)


def test_place_id_wins_over_names() -> None:
    place = location("Clínica Sur", place_id="ChIJ-norte-0001")
    north, south = practice("Norte", place_id="ChIJ-norte-0001"), practice("Sur")

    match = propose_matches([place], [north, south])[place.pk]

    assert (match.practice, match.reason) == (north, MatchReason.PLACE_ID)


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Clínica Dental Sonrisas", "Av. Amazonas N24-03, Quito, Pichincha"),
        ("SONRISAS", "Avenida Amazonas N24-03 y Colón, Quito"),
        ("Sonrisas Quito", "Amazonas N24-03, Quito"),
    ],
)
def test_name_and_address_match_however_they_are_written(title: str, address: str) -> None:
    place, ours = location(title, address), practice("Sonrisas", "Av. Amazonas N24-03", "Quito")

    match = propose_matches([place], [ours])[place.pk]

    assert (match.practice, match.reason) == (ours, MatchReason.NAME_AND_ADDRESS)


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Sonrisas", "Calle Larga 7-12, Cuenca"),  # the same name elsewhere
        ("Farmacia Amazonas", "Av. Amazonas N24-03, Quito"),  # another business in the building
        ("Sonrisas", ""),
    ],
)
def test_half_a_match_is_none(title: str, address: str) -> None:
    ours = practice("Sonrisas", "Av. Amazonas N24-03", "Quito")

    assert propose_matches([location(title, address)], [ours]) == {}


def test_two_that_fit_equally_are_left_to_the_owner() -> None:
    places = [location("Sonrisas", "Av. Amazonas N24-03, Quito") for _ in range(2)]
    ours = practice("Sonrisas", "Av. Amazonas N24-03", "Quito")

    assert propose_matches(places, [ours]) == {}
    assert propose_matches(places[:1], [ours, practice("Sonrisas", "Amazonas N24-03")]) == {}


def test_practices_without_a_place_match_no_location_without_one() -> None:
    assert propose_matches([location("A")], [practice("B")]) == {}
