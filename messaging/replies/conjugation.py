"""Conjugate regular verbs for the groups of `verb_forms`: "mandar" gives mande, mandes, mandéis.

Spanish and Portuguese verbs are conjugated by the same rules. Words are compared by sound, and a
form that does not exist in one of the languages is never written, so it does no harm. A verb whose
stem changes is written with its changed stems: "remover/remuev". The forms of vos need no rules:
"mandá" sounds like "manda", and "mandés" like "mandes".
"""

from collections.abc import Iterable, Iterator, Sequence

CLITICS = ("", "me", "nos", "lo", "la", "los", "las", "melo", "mela", "melos", "melas")
ME = ("me", "nos")


def subjunctives(verbs: str) -> str:
    """Present subjunctive, as after "no" and "que": no me MANDES, que no me ESCRIBÁIS."""
    return " ".join(form for verb in verbs.split() for form in _subjunctive_forms(verb))


def past_subjunctives(verbs: str) -> str:
    """Past subjunctive, as after "me gustaría que": ESCRIBIERAN, escribierais, escribiesen."""
    return " ".join(form for verb in verbs.split() for form in _past_subjunctive_forms(verb))


def imperatives(verbs: str, clitics: Sequence[str] = CLITICS) -> str:
    """Imperatives of tú, vos, usted, vosotros and ustedes, with each pronoun: BORRADME."""
    return _attach_clitics(
        clitics, (form for verb in verbs.split() for form in _imperative_forms(verb))
    )


def infinitives(verbs: str, clitics: Sequence[str] = CLITICS) -> str:
    return _attach_clitics(clitics, (verb.partition("/")[0] for verb in verbs.split()))


def gerunds(verbs: str) -> str:
    return _attach_clitics(
        CLITICS, (form for verb in verbs.split() for form in _gerund_forms(verb))
    )


def present_forms(verbs: str) -> str:
    """Present tense of the second and third persons: me BORRÁIS, me MANDAN."""
    return " ".join(form for verb in verbs.split() for form in _present_forms(verb))


def english_ing_forms(verbs: str) -> str:
    """English: TEXTING, WRITING. A doubled letter needs no rule, it sounds like one letter."""
    return " ".join(f"{verb.removesuffix('e')}ing" for verb in verbs.split())


def _attach_clitics(clitics: Sequence[str], forms: Iterable[str]) -> str:
    return " ".join(form + clitic for form in forms for clitic in clitics)


def _split_stems(verb: str) -> tuple[str, str, list[str]]:
    """Return the stem of the infinitive, its ending, and the stems of the other forms."""
    infinitive, *changed = verb.split("/")
    return infinitive[:-2], infinitive[-2:], changed or [infinitive[:-2]]


def _subjunctive_forms(verb: str) -> Iterator[str]:
    stem, ending, changed = _split_stems(verb)
    vowel = "e" if ending == "ar" else "a"
    for each in {stem, *changed}:
        spelled = _before_e(each) if ending == "ar" else each
        for person in ("", "s", "n", "m", "is"):
            yield spelled + vowel + person


def _past_subjunctive_forms(verb: str) -> Iterator[str]:
    stem, ending, _ = _split_stems(verb)
    for vowel in ("a",) if ending == "ar" else ("ie", "e", "i"):
        for tense in ("ra", "se", "sse"):
            for person in ("", "s", "n", "m", "is"):
                yield stem + vowel + tense + person


def _imperative_forms(verb: str) -> Iterator[str]:
    stem, ending, changed = _split_stems(verb)
    yield from _subjunctive_forms(verb)
    for each in {stem, *changed}:
        yield each + ("a" if ending == "ar" else "e")
    yield from (stem + ending[0] + last for last in ("d", "", "i"))


def _gerund_forms(verb: str) -> Iterator[str]:
    stem, ending, _ = _split_stems(verb)
    yield stem + ("ando" if ending == "ar" else "iendo")
    if ending != "ar":
        yield f"{stem}{ending[0]}ndo"


def _present_forms(verb: str) -> Iterator[str]:
    stem, ending, changed = _split_stems(verb)
    vowel = "a" if ending == "ar" else "e"
    for each in {stem, *changed}:
        for person in ("", "s", "n", "m"):
            yield each + vowel + person
    yield stem + ("is" if ending == "ir" else f"{vowel}is")


def _before_e(stem: str) -> str:
    """Return the stem as it is spelled before an e: "sac-" gives "saqu-", "lig-" gives "ligu-"."""
    return {"c": stem[:-1] + "qu", "g": stem + "u"}.get(stem[-1], stem)
