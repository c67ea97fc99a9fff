"""The names of a clinic's own patients and doctors that could be meant by the words of a reply.

The gate compares each word of a reply with each name that it is given. A clinic can have 100,000
patients, so only the names that some word could mean are read. The index of the search of patients
has each word of their names: exact words are looked up there, and words that sound alike by their
first letters. It does not matter how long ago a patient was seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product

from core import names as core_names
from core import sql
from patients.models import NOT_ERASED, Doctor, Patient
from reviews.gate.names import SHORTEST_NAME, SHORTEST_SOUND, load_lists, stem
from reviews.gate.spelling import fold, sound
from reviews.gate.tokens import Token
from reviews.reply_gate import read_tokens
from workspaces.access import Can, people_who_may
from workspaces.models import User, Workspace

MAX_DOCTORS = 500
NEWEST_PATIENTS = 2000
LAST_CHARACTER = "\U0010ffff"

# How the first letters of a word can be written that sounds like this.
SPELLINGS = {
    "k": ("c", "k", "q"),
    "s": ("s", "c", "z"),
    "b": ("b", "v"),
    "y": ("y", "ll"),
    "j": ("j", "g"),
    "f": ("f", "ph"),
    "C": ("ch",),
}

EXACT = """
SELECT typed.word
FROM unnest(%(words)s::text[]) AS typed (word)
WHERE EXISTS (
    SELECT FROM patients_word known
    WHERE known.workspace_id = %(workspace)s AND known.word = typed.word)
"""

BOTH_IN_ONE_NAME = """
SELECT typed.first, typed.second
FROM unnest(%(firsts)s::text[], %(seconds)s::text[]) AS typed (first, second)
WHERE EXISTS (
    SELECT FROM patients_word a
    JOIN patients_word b ON b.workspace_id = a.workspace_id AND b.patient_id = a.patient_id
    WHERE a.workspace_id = %(workspace)s AND a.word = typed.first AND b.word = typed.second)
"""

WITH_INITIALS = """
SELECT a.word AS first, b.word AS second
FROM patients_word a
JOIN patients_word b ON b.workspace_id = a.workspace_id AND b.patient_id = a.patient_id
WHERE a.workspace_id = %(workspace)s
  AND a.word >= %(first)s AND a.word < %(first_end)s
  AND b.word >= %(second)s AND b.word < %(second_end)s
LIMIT 1
"""

BEGINNING = """
SELECT DISTINCT found.word
FROM unnest(%(beginnings)s::text[]) AS wanted (beginning)
CROSS JOIN LATERAL (
    SELECT DISTINCT word FROM patients_word
    WHERE workspace_id = %(workspace)s
      AND word >= wanted.beginning AND word < wanted.beginning || %(last)s
) found
"""


def find_private_names(workspace: Workspace, text: str) -> list[str]:
    """Return the names that words of the text could mean, as `check_reply` takes them."""
    tokens = list(read_tokens(text))
    names = {
        *_find_exact(workspace, tokens),
        *_find_joined(workspace, tokens),
        *_find_initials(workspace, tokens),
        *_find_alike(workspace, tokens),
        *_list_doctors(workspace),
    }
    return sorted(names)


def _find_exact(workspace: Workspace, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the words that are part of a patient's name.

    The index has the parts of "D'Angelo" as two words, so such a word counts by its longest part.
    """
    meant: dict[str, str] = {}
    for token in tokens:
        for form in token.forms:
            part = max(form.split("'"), key=len)
            if len(part) >= SHORTEST_NAME:
                meant.setdefault(part, form)
                meant.setdefault(form, form)
    rows = sql.fetch(EXACT, workspace=workspace.pk, words=list(meant))
    return (meant[row["word"]] for row in rows)


def _find_joined(workspace: Workspace, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield two words of one name that a reply writes as one: "mariajose"."""
    long = {form for token in tokens for form in token.forms if len(form) > SHORTEST_SOUND}
    pairs = {(form[:at], form[at:]) for form in long for at in range(1, len(form))}
    parts = {part for pair in pairs for part in pair}
    rows = sql.fetch(EXACT, workspace=workspace.pk, words=list(parts))
    known = {row["word"] for row in rows}
    both = [pair for pair in pairs if known.issuperset(pair)]
    if both:
        firsts, seconds = ([pair[index] for pair in both] for index in (0, 1))
        for row in sql.fetch(
            BOTH_IN_ONE_NAME, workspace=workspace.pk, firsts=firsts, seconds=seconds
        ):
            yield f"{row['first']} {row['second']}"


def _find_initials(workspace: Workspace, tokens: Sequence[Token]) -> Iterator[str]:
    for pair in {(first.folded, second.folded) for first, second in _initials(tokens)}:
        first, second = pair
        for row in sql.fetch(
            WITH_INITIALS,
            workspace=workspace.pk,
            first=first,
            first_end=first + LAST_CHARACTER,
            second=second,
            second_end=second + LAST_CHARACTER,
        ):
            yield f"{row['first']} {row['second']}"


def _initials(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    for pair in pairwise(tokens):
        if all(len(token.written) == 1 and token.is_capital for token in pair):
            yield pair


def _find_alike(workspace: Workspace, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the words of names that sound like a word of the reply, or that it makes smaller."""
    sounds, stems = set(_sounds(tokens)), set(_stems(tokens))
    beginnings = {each for wanted in sounds | stems for each in spelled_beginnings(wanted)}
    rows = sql.fetch(
        BEGINNING, workspace=workspace.pk, beginnings=sorted(beginnings), last=LAST_CHARACTER
    )
    for row in rows:
        word: str = row["word"]
        if len(word) < SHORTEST_NAME:
            continue
        if (len(word) >= SHORTEST_SOUND and sound(word) in sounds) or stem(word) in stems:
            yield word


def _sounds(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.is_capital:
            for form in token.forms:
                if len(form) >= SHORTEST_SOUND and form not in load_lists().not_names:
                    yield sound(form)


def _stems(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        for form in token.forms:
            for ending in load_lists().diminutives:
                if form.endswith(ending) and len(form) - len(ending) >= 2:  # noqa: PLR2004
                    yield stem(form.removesuffix(ending))


def spelled_beginnings(sounds: str) -> Iterator[str]:
    """Yield beginnings so that each word with this sound has one of them."""
    if not sounds:
        return
    firsts = SPELLINGS.get(sounds[0], (sounds[0],))
    seconds = SPELLINGS.get(sounds[1], (sounds[1],)) if len(sounds) > 1 else ("",)
    for silent, first in product(("", "h"), firsts):
        if first == "q":  # "que" is written with a letter that is not heard
            yield silent + first
            continue
        # A doubled letter sounds like one.
        following = (*firsts, *seconds)
        yield from (silent + first + inner + each for inner in ("", "h") for each in following)


def _list_doctors(workspace: Workspace) -> Iterator[str]:
    """Yield the names of the doctors in lists and in the team, without their titles."""
    lists = load_lists()
    left_out = core_names.load_words().titles | lists.places | lists.not_names
    team = User.objects.within(workspace).filter(people_who_may(Can.REPLY_TO_REVIEWS))
    of_lists = Doctor.objects.within(workspace).order_by("-pk")
    # Lists record their doctors. Those of the API are known by their patients alone, and to read
    # all patients takes a quarter of a second in a large clinic.
    newest = Patient.objects.within(workspace).filter(NOT_ERASED)
    newest = newest.order_by("-appointment_time", "-pk")
    full_names = {
        *of_lists.values_list("name", flat=True)[:MAX_DOCTORS],
        *newest.values_list("doctor_name", flat=True)[:NEWEST_PATIENTS],
        *team.values_list("name", flat=True)[:MAX_DOCTORS],
    }
    for full_name in full_names:
        words = full_name.replace(".", " ").split()
        yield " ".join(word for word in words if fold(word) not in left_out)
