"""Search patients by the beginnings of words of their name, by phone, or by e-mail.

A trigger keeps the words in `patients_word`. A rare word is looked up there. For a common word
the list is filtered from its newest row, where a page fills soon. Either way a page costs the same
among ten thousand patients as among a million.
"""

import re
from typing import Any
from uuid import UUID

import phonenumbers
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value

from core import sql
from patients.models import Patient
from workspaces.models import Workspace
from workspaces.practices import country_of

# Fewer matches than this are fetched and sorted; more are found by filtering the list. For several
# common words, the NEWEST_ROWS newest rows decide whether they are common together.
MAX_RARE = 1_000
NEWEST_ROWS = 10_000
PAGE_SIZE = 26
MAX_WORDS = 6
LAST_CHARACTER = "\U0010ffff"

NUMBER = re.compile(r"(?:tel:)?[\d\s+().\-/]+", re.IGNORECASE)

FOLDED = "SELECT patients_words(%(typed)s, '') AS words"

BEGINS = """
SELECT patient_id FROM patients_word
WHERE workspace_id = %(workspace)s AND word >= %(beginning)s AND word < %(end)s
ORDER BY word, patient_id LIMIT %(limit)s
"""

# Several common words together: each part is an index-only scan.
ONE_OF_ALL = """
SELECT patient_id FROM patients_word
WHERE workspace_id = %(workspace)s AND word >= %(beginning{0})s AND word < %(end{0})s
"""


def search_patients(
    patients: QuerySet[Patient], *, workspace: Workspace, typed: str
) -> QuerySet[Patient]:
    """Return the patients who match, or all of them when nothing was typed."""
    typed = typed.strip()
    if "@" in typed:
        return patients.filter(email=typed.lower())
    beginnings = beginnings_of(workspace, typed)
    if not beginnings:
        return patients.none() if typed else patients
    few = _few(workspace, beginnings)
    found = patients.alias(is_meant=_is_meant(beginnings)).filter(is_meant=True)
    if few is None and len(beginnings) > 1 and not _is_dense(patients, beginnings):
        few = _few_of_all(workspace, beginnings)
    return found if few is None else found.filter(pk__in=few)


def find_few(workspace: Workspace, typed: str) -> list[UUID] | None:
    """Return the patients who match, or None if so many do that a list has to be filtered."""
    everyone = Patient.objects.within(workspace)
    found = search_patients(everyone, workspace=workspace, typed=typed).order_by()
    keys = list(found.values_list("pk", flat=True)[:MAX_RARE])
    return keys if len(keys) < MAX_RARE else None


def is_meant(workspace: Workspace, typed: str, *, path: str) -> Func:
    """Return the condition that filters rows with a patient, at `path`, by what was typed."""
    return _is_meant(beginnings_of(workspace, typed), path)


def digits(typed: str, country: str) -> str:
    """Return a whole number with its country code, or the typed part without leading zeros."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    return "".join(letter for letter in typed if letter.isdigit()).lstrip("0")


def beginnings_of(workspace: Workspace, typed: str) -> list[str]:
    """Return the beginnings to look for. The index has phones in reverse, to search their ends."""
    if NUMBER.fullmatch(typed) and (number := digits(typed, country_of(workspace))):
        return [number[::-1]]
    words = sql.fetch(FOLDED, typed=typed.replace("\0", ""))[0]["words"][:MAX_WORDS]
    return [word[::-1] if word.isdigit() else word for word in words]


def _few(workspace: Workspace, beginnings: list[str]) -> list[UUID] | None:
    """Return the patients with the first word that few have, or None if all are common."""
    for beginning in sorted(beginnings, key=len, reverse=True):
        rows = sql.fetch(BEGINS, workspace=workspace.pk, limit=MAX_RARE, **_range(beginning))
        if len(rows) < MAX_RARE:
            return [row["patient_id"] for row in rows]
    return None


def _few_of_all(workspace: Workspace, beginnings: list[str]) -> list[UUID] | None:
    values: dict[str, Any] = {"workspace": workspace.pk, "limit": MAX_RARE}
    for place, beginning in enumerate(beginnings):
        values |= _range(beginning, str(place))
    each = (ONE_OF_ALL.format(place) for place in range(len(beginnings)))
    rows = sql.fetch(" INTERSECT ".join(each) + " LIMIT %(limit)s", **values)
    return [row["patient_id"] for row in rows] if len(rows) < MAX_RARE else None


def _is_dense(patients: QuerySet[Patient], beginnings: list[str]) -> bool:
    """Return whether the newest rows have enough matches to fill a page."""
    newest = patients.order_by("-appointment_time", "-pk")
    edge = list(newest.values_list("appointment_time", flat=True)[NEWEST_ROWS : NEWEST_ROWS + 1])
    if not edge:
        return True
    near = newest.filter(appointment_time__gte=edge[0]).alias(is_meant=_is_meant(beginnings))
    return len(near.filter(is_meant=True).values("pk")[:PAGE_SIZE]) == PAGE_SIZE


def _is_meant(beginnings: list[str], path: str = "") -> Func:
    return Func(
        F(f"{path}name"),
        F(f"{path}phone"),
        Value(beginnings, output_field=ArrayField(TextField())),
        function="patients_begins",
        output_field=BooleanField(),
    )


def _range(beginning: str, place: str = "") -> dict[str, str]:
    return {f"beginning{place}": beginning, f"end{place}": beginning + LAST_CHARACTER}
