"""What clinics write about an appointment that took place, or did not, in three languages."""

import re
from enum import StrEnum
from functools import lru_cache

from patients.lists.words import NOTHING, YES, phrases, plain

LONGEST_WORDS = 40


class VisitStatus(StrEnum):
    """How a word in the status column of a list is understood."""

    HAPPENED = "happened"
    DID_NOT_HAPPEN = "did_not_happen"
    # Not yet known when the list was made. Nobody is held back for it.
    PLANNED = "planned"
    UNKNOWN = "unknown"


class StatusAnswers(StrEnum):
    """What a plain "sí" below a heading means."""

    HAPPENED = "happened"
    DID_NOT_HAPPEN = "did_not_happen"
    NOTHING = "nothing"


# Beginnings of words: "cancel" is cancelada, canceló, cancelled and cancelamento.
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
# What was paid says nothing about who came.
PLANNED = re.compile(
    r"\b(?:pend|agend|program|reserv|planific|esper|aguard|schedul|booked\b|waiting|activ[ao]\b"
    r"|vigente|nuev[ao]\b|marcad[ao]\b|proposed\b|asignad|solicitad|citad[ao]\b|abiert[ao]\b"
    r"|facturad|pagad|pago\b|paid\b|por (?:atender|asistir|realizar)\b)"
)
NEGATIONS = frozenset({"no", "nao", "not", "sin", "sem", "never", "nunca", "jamas"})
NOT_CONFIRMED = re.compile(r"\b(?:no|nao|not|sin|sem|por|a|un) ?confirm")
NO = phrases("no, n, nao, false, falso, 0, not, never, nunca")


@lru_cache(maxsize=4_000)
def status_of(text: str, answers: StatusAnswers = StatusAnswers.NOTHING) -> VisitStatus | None:
    """How a cell is understood, None where it is empty. `answers` is for a plain yes or no."""
    said = plain(text)
    if answers is not StatusAnswers.NOTHING and (said in YES or said in NO):
        happened = (said in YES) is (answers is StatusAnswers.HAPPENED)
        return VisitStatus.HAPPENED if happened else VisitStatus.DID_NOT_HAPPEN
    understood = _understood(said)
    return None if understood is VisitStatus.UNKNOWN and said in NOTHING else understood


def answers_of(heading: str) -> StatusAnswers:
    """What a plain yes means below this heading: "Asistió" and "Cancelada" are questions."""
    said = plain(heading)
    understood = _understood(said)
    is_question = (
        understood in (VisitStatus.HAPPENED, VisitStatus.DID_NOT_HAPPEN) and "confirm" not in said
    )
    return StatusAnswers(understood.value) if is_question else StatusAnswers.NOTHING


def is_status(said: str) -> bool:
    """Whether a plain text says what became of an appointment."""
    return _understood(said) is not VisitStatus.UNKNOWN


def _understood(said: str) -> VisitStatus:
    if len(said) > LONGEST_WORDS:
        return VisitStatus.UNKNOWN
    words = said.split()
    if found := DID_NOT_HAPPEN.search(said):
        before = said[: found.start()].split()[-1:]
        # "no cancelada" says nothing for sure.
        return VisitStatus.UNKNOWN if NEGATIONS.intersection(before) else VisitStatus.DID_NOT_HAPPEN
    if NOT_CONFIRMED.search(said):
        return VisitStatus.PLANNED
    happened = HAPPENED.search(said) is not None
    if happened and NEGATIONS.intersection(words):
        return VisitStatus.DID_NOT_HAPPEN
    if PLANNED.search(said):
        return VisitStatus.PLANNED
    return VisitStatus.HAPPENED if happened else VisitStatus.UNKNOWN
