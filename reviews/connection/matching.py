"""Which practice a Google location probably is: by place id, or else by name and address.

A proposal for the owner, who decides. If two fit equally well, none is proposed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.accents import without_accents
from reviews.models import GoogleLocation
from workspaces.models import Practice

# How much of the shorter name and address must be in the longer one.
ENOUGH_OF_NAME, ENOUGH_OF_ADDRESS = 0.5, 0.5
# Words that most names and addresses have, in Spanish, Portuguese and English.
COMMON_NAMES = "clinica clinic centro center centre consultorio consultorios dr dra doctor doctora"
COMMON_KINDS = "medico medica medical medicos dental odontologia odontologico"
COMMON_PLACES = "av avenida avenue calle rua street st numero numeral piso oficina local ciudad"
COMMON_SMALL = "de del la las el los do da dos das y e and the n no"
COMMON = frozenset(f"{COMMON_NAMES} {COMMON_KINDS} {COMMON_PLACES} {COMMON_SMALL}".split())


class MatchReason(StrEnum):
    PLACE_ID = "place_id"
    NAME_AND_ADDRESS = "name_and_address"


@dataclass(frozen=True)
class Match:
    practice: Practice
    reason: MatchReason


def propose_matches(
    locations: Iterable[GoogleLocation], practices: Sequence[Practice]
) -> dict[UUID, Match]:
    """Return the practice of each location that has a clear one."""
    locations = list(locations)
    by_place = _match_by_place_id(locations, practices)
    matched = {match.practice.pk for match in by_place.values()}
    rest = [location for location in locations if location.pk not in by_place]
    free = [practice for practice in practices if practice.pk not in matched]
    return by_place | _match_by_words(rest, free)


def _match_by_place_id(
    locations: list[GoogleLocation], practices: Sequence[Practice]
) -> dict[UUID, Match]:
    counts = Counter(practice.google_place_id for practice in practices)
    of_place = {p.google_place_id: p for p in practices if counts[p.google_place_id] == 1}
    return {
        location.pk: Match(of_place[location.place_id], MatchReason.PLACE_ID)
        for location in locations
        if location.place_id and location.place_id in of_place
    }


def _match_by_words(
    locations: list[GoogleLocation], practices: list[Practice]
) -> dict[UUID, Match]:
    """Match those that fit each other and nothing else."""
    pairs = [
        (location, practice)
        for location in locations
        for practice in practices
        if _fits(location, practice)
    ]
    of_location = Counter(location.pk for location, _practice in pairs)
    of_practice = Counter(practice.pk for _location, practice in pairs)
    return {
        location.pk: Match(practice, MatchReason.NAME_AND_ADDRESS)
        for location, practice in pairs
        if of_location[location.pk] == of_practice[practice.pk] == 1
    }


def _fits(location: GoogleLocation, practice: Practice) -> bool:
    address = _words(f"{practice.address} {practice.city}")
    return (
        _overlap(_words(location.title), _words(practice.name)) >= ENOUGH_OF_NAME
        and _overlap(_words(location.address), address) >= ENOUGH_OF_ADDRESS
    )


def _words(text: str) -> frozenset[str]:
    words = frozenset(re.findall(r"\w+", without_accents(text).casefold()))
    return words - COMMON or words


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much of the smaller set is in the other. Empty sets have nothing in common."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
