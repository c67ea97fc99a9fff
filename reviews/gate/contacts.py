"""Find numbers: telephones, links, addresses, prices, dates and times.

Every pattern takes linear time: what repeats is separated by characters that it cannot contain.
"""

import re
from collections.abc import Iterator

from reviews.gate.findings import Finding, Reason
from reviews.gate.tokens import INVISIBLE, Token

FEWEST_DIGITS = 7
FEWEST_DIGIT_WORDS = 6
BETWEEN_DIGITS = rf"[\s().,/·•–—_*+\-{INVISIBLE}]{{0,4}}"
CURRENCY = r"US\$|R\$|S/\.?|[$€£]|\b(?:USD|EUR|COP|ARS|BRL)\b"
DOMAINS = (
    "com|net|org|info|biz|app|io|site|online|health|clinic|dental|link|page|med|ec|co|br|ar|mx|pe|cl"
    "|us|uk|pt|es|me|ly|gl|do|py|uy|bo|ve|cr|gt|edu|gov|tv|to|cc"
)
# Domains that are words too: "gracias.es un gusto" lacks a space, "bit.do/x" does not.
WORD_DOMAINS = r"(?:es|me|do|to|us)"
PATTERNS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.CONTACT, re.compile(rf"[+(]?\d(?:{BETWEEN_DIGITS}\d){{{FEWEST_DIGITS - 1},}}")),
    (Reason.CONTACT, re.compile(r"\b1?[- ]?[89]00-[A-Z0-9-]{4,12}")),
    (Reason.CONTACT, re.compile(r"https?:|\bwww\b|\bwa\.me\b", re.IGNORECASE)),
    (Reason.CONTACT, re.compile(r"(?<![\w.+@-])[\w.+-]{0,64}\s?[@＠]\s?[\w.-]{1,64}")),
    (Reason.CONTACT, re.compile(r"\[at\]|\(at\)|\(arroba\)", re.IGNORECASE)),
    (
        Reason.CONTACT,
        re.compile(
            rf"(?<![\w.-])[\w-]{{1,63}}\s?\.(?!{WORD_DOMAINS}\b(?!/))(?:{DOMAINS})\b(?:/\S{{0,99}})?",
            re.IGNORECASE,
        ),
    ),
    (Reason.MONEY, re.compile(rf"(?:{CURRENCY})\s?\d+", re.I)),
    (Reason.MONEY, re.compile(rf"(?<!\d)\d[\d.,]{{0,12}}\s?(?:{CURRENCY})", re.I)),
    (Reason.MONEY, re.compile(r"\d{1,3}\s?%\s?(?:de\s)?(?:desc|off|disc|menos|less)", re.I)),
    (Reason.DATE, re.compile(r"(?<![\d/])(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|[12]\d|3[01])"
                             r"(?:[/.-]\d{2,4})?(?![\d/])")),
    (Reason.DATE, re.compile(r"\b\d{4}-\d{2}-\d{2}\b")),
    (Reason.DATE, re.compile(r"\b(?:[01]?\d|2[0-3])(?::[0-5]\d|h[0-5]\d|\s?hs?\b)", re.I)),
    (Reason.DATE, re.compile(r"\b(?:[01]?\d|2[0-3])\s?[ap]\.?\s?m\b", re.I)),
)  # fmt: skip
# Ratings such as "5/5" and "24/7", and opening hours, tell nothing of a person.
HARMLESS = re.compile(
    r"\b24\s?/\s?7\b|\b(?:5|10)/(?:5|10)\b|\b[1-5]/5\b"
    r"|\b\d{1,2}(?::\d\d|h\d{0,2})?\s?(?:[ap]\.?m\.?)?\s?(?:a|to|às|as|até|-|–)\s?(?:las\s)?"
    r"\d{1,2}(?::\d\d|h\d{0,2}|\s?[ap]\.?m\.?)",
    re.IGNORECASE,
)
DIGIT_WORDS = frozenset(
    (
        "cero",
        "uno",
        "una",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "oh",
        "um",
        "dois",
        "duas",
        "quatro",
        "sete",
        "oito",
        "nove",
        "meia",
    )
)


def find_numbers(text: str) -> Iterator[Finding]:
    without_harmless = HARMLESS.sub(lambda match: "x" * len(match[0]), text)
    for reason, pattern in PATTERNS:
        for match in pattern.finditer(without_harmless):
            start, end = match.span()
            yield Finding(words=text[start:end], reason=reason, start=start)


def find_spoken_numbers(text: str, tokens: list[Token]) -> Iterator[Finding]:
    """Find runs of digits that are written as words: "cero nueve ocho 7 seis cinco"."""
    run: list[Token] = []
    for token in [*tokens, None]:
        if token is not None and (token.folded in DIGIT_WORDS or token.folded.isdigit()):
            run.append(token)
            continue
        if len(run) >= FEWEST_DIGIT_WORDS:
            start, end = run[0].start, run[-1].end
            yield Finding(words=text[start:end], reason=Reason.CONTACT, start=start)
        run = []
