"""Parse the status of an appointment (attended, cancelled …) in three languages."""

import re
from enum import StrEnum
from functools import lru_cache

from patients.people.words import NOTHING, YES, phrases, plain

MAX_LETTERS = 40


class VisitStatus(StrEnum):
    """What a status says about the visit."""

    HAPPENED = "happened"
    DID_NOT_HAPPEN = "did_not_happen"
    # Not yet known when the source was written. It keeps nobody from being asked.
    PLANNED = "planned"
    UNKNOWN = "unknown"


class StatusAnswers(StrEnum):
    """What a plain "sí" means below a heading."""

    HAPPENED = "happened"
    DID_NOT_HAPPEN = "did_not_happen"
    NOTHING = "nothing"


# Beginnings of words: "cancel" matches cancelada, canceló, cancelled and cancelamento.
DID_NOT_HAPPEN = re.compile(
    r"\b(?:cancel|anul|suspend|inasist|ausen|falt(?:a|o|ou|aron|aram)\b|incumpl|desmarc"
    r"|reprogram|reagend|remarc|resched|postpon|posterg|aplaz|adiad|diferid|desist|abandon"
    r"|rechaz|elimin|borrad|deleted|declin|reject|void|missed\b|absent|no ?shows?\b"
    r"|nsp\b|dna\b|lwbs\b|perdid[ao]\b|perdeu\b|liberad[ao]\b|plant(?:o|ado)\b)"
)
HAPPENED = re.compile(
    r"\b(?:atend|asist|present(?!acion)|presenca\b|acud|concurr|vino\b|llego\b|veio\b|chegou\b"
    r"|realiz|efect|efetu|ejecut|finaliz|complet|conclui|termin|cumplid|confirm|cerrad[ao]\b"
    r"|comparec|attend|arriv|check|seen\b|done\b|fulfill|show(?:ed|n)?\b|came\b|visited\b"
    r"|en (?:consulta|sala|atencion|curso|box)\b|admitid|recepcionad|hech[ao]\b"
    r"|em atendimento\b|in progress\b|ingresad)"
)
# Paid visits are only planned: a payment does not say that the patient came.
PLANNED = re.compile(
    r"\b(?:pend|agend|program|reserv|planific|esper|aguard|schedul|booked\b|waiting|activ[ao]\b"
    r"|vigente|nuev[ao]\b|marcad[ao]\b|proposed\b|asignad|solicitad|citad[ao]\b|abiert[ao]\b"
    r"|facturad|pagad|pago\b|paid\b|por (?:atender|asistir|realizar)\b)"
)
NEGATIONS = frozenset({"no", "nao", "not", "sin", "sem", "never", "nunca", "jamas"})
NOT_CONFIRMED = re.compile(r"\b(?:no|nao|not|sin|sem|por|a|un) ?confirm")
NO = phrases("no, n, nao, false, falso, 0, not, never, nunca")


@lru_cache(maxsize=4_000)
def parse_status(text: str, answers: StatusAnswers = StatusAnswers.NOTHING) -> VisitStatus | None:
    """Return the status that a text means, None for an empty one.

    `answers` is what a plain yes means (see `parse_status_heading`).
    """
    words = plain(text)
    if answers is not StatusAnswers.NOTHING and (words in YES or words in NO):
        happened = (words in YES) is (answers is StatusAnswers.HAPPENED)
        return VisitStatus.HAPPENED if happened else VisitStatus.DID_NOT_HAPPEN
    status = _parse(words)
    return None if status is VisitStatus.UNKNOWN and words in NOTHING else status


def parse_status_heading(heading: str) -> StatusAnswers:
    """Return what a plain yes means below this heading: "Asistió" and "Cancelada" are questions."""
    words = plain(heading)
    status = _parse(words)
    is_question = (
        status in (VisitStatus.HAPPENED, VisitStatus.DID_NOT_HAPPEN) and "confirm" not in words
    )
    return StatusAnswers(status.value) if is_question else StatusAnswers.NOTHING


def is_status(words: str) -> bool:
    """Return whether a text in plain words is a status that we know."""
    return _parse(words) is not VisitStatus.UNKNOWN


def _parse(words: str) -> VisitStatus:
    if len(words) > MAX_LETTERS:
        return VisitStatus.UNKNOWN
    if match := DID_NOT_HAPPEN.search(words):
        word_before = words[: match.start()].split()[-1:]
        # "no cancelada" is not certain: it may be planned or over.
        is_negated = bool(NEGATIONS.intersection(word_before))
        return VisitStatus.UNKNOWN if is_negated else VisitStatus.DID_NOT_HAPPEN
    if NOT_CONFIRMED.search(words):
        return VisitStatus.PLANNED
    happened = HAPPENED.search(words) is not None
    if happened and NEGATIONS.intersection(words.split()):
        return VisitStatus.DID_NOT_HAPPEN
    if PLANNED.search(words):
        return VisitStatus.PLANNED
    return VisitStatus.HAPPENED if happened else VisitStatus.UNKNOWN
