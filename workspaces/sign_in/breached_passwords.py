"""Passwords that others know already: from lists of breaches, or from looking around the clinic."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import requests
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import tenancy
from workspaces.models import User

TIMEOUT_SECONDS = 2
PREFIX_LENGTH = 5

# Rows of the keyboards that are sold in Latin America and Spain, and what else runs on.
RUNS = ("1234567890", "qwertyuiop", "asdfghjklñ", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
SHORTEST_RUN = 4
# So many letters must be left when everything is taken away that anybody can guess.
FEWEST_OWN_LETTERS = 5
OUR_WORDS = [
    *("reputation", "manager", "clinica", "consultorio", "doctor", "doctora", "hola"),
    *("password", "contraseña", "clave"),
]
SHORTEST_WORD = 3
TILDE = "\N{COMBINING TILDE}"

log = structlog.get_logger("accounts")


class GuessableWords:
    """Refuses what is left of little once names, our own words and runs of keys are taken away.

    Django's own validator compares with one attribute at a time and does not know the clinic.
    """

    def validate(self, password: str, user: Any = None) -> None:
        refuse_guessable(password, about=_texts_about(user))

    def get_help_text(self) -> str:
        return _("Your password can’t be made of your name, your clinic’s name or keys in a row.")


def refuse_guessable(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise ValidationError for a password made of little but these texts and common words."""
    words = [*OUR_WORDS, *_words_in(about)]
    if len(_own_letters(_plain(password), words)) < FEWEST_OWN_LETTERS:
        raise ValidationError(
            _(
                "This password is easy to guess: it is little more than names, the clinic, or keys"
                " in a row. Three or four words that have nothing to do with you are better."
            ),
            code="password_guessable",
        )


class NotBreached:
    """Asks a service whether a breach has the password, by the first letters of its digest.

    The service learns five of forty letters and answers with all digests that begin so, hundreds of
    them, among which we look ourselves ("k-anonymity"). It is asked where
    `BREACHED_PASSWORDS_URL` is set. When it does not answer, the password passes.
    """

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        if settings.BREACHED_PASSWORDS_URL and _is_breached(password):
            raise ValidationError(
                _(
                    "This password is known from a breach of some other site, so attackers try it."
                    " Choose one that you use nowhere else."
                ),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be one that is known from a breach.")


def _is_breached(password: str) -> bool:
    # What such services index; nothing is protected with it.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, rest = digest[:PREFIX_LENGTH], digest[PREFIX_LENGTH:]
    try:
        answer = requests.get(
            f"{settings.BREACHED_PASSWORDS_URL}/{prefix}",
            # The length of the answer then does not tell which prefix it was.
            headers={"Add-Padding": "true", "User-Agent": "Reputation Manager"},
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        log.warning("breached_passwords_not_asked", reason=type(error).__name__)
        return False
    lines = (line.partition(":") for line in answer.text.splitlines())
    counts = {suffix.strip().upper(): count for suffix, _colon, count in lines}
    # Lines that only pad the answer have a count of nought.
    return counts.get(rest, "0").strip() not in {"", "0"}


def _texts_about(user: Any) -> list[str]:
    if not isinstance(user, User):
        return []
    texts = [user.name, user.email, user.phone]
    if user.workspace_id:
        with tenancy.within(user.workspace_id):
            assert user.workspace
            texts.append(user.workspace.name)
            texts += user.workspace.practices.values_list("name", flat=True)
    return texts


def _words_in(texts: Iterable[str]) -> set[str]:
    """Return each word, and each text without the gaps between its words."""
    parts = [re.findall(r"[a-z0-9ñ]+", _plain(text)) for text in texts]
    words = {word for words in parts for word in words} | {"".join(words) for words in parts}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _plain(text: str) -> str:
    """Return lower-case letters without accents."""
    apart = unicodedata.normalize("NFD", text.lower())
    # The tilde that makes an ñ stays, for that is a letter of its own.
    bare = "".join(c for c in apart if not unicodedata.combining(c) or c == TILDE)
    return unicodedata.normalize("NFC", bare)


def _own_letters(password: str, words: Iterable[str]) -> set[str]:
    """Return the letters of a password that no word and no run of keys explains.

    It is a set, for “aaaaaaaaaa” has but one letter of its own.
    """
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, " ")
    for run in (*RUNS, *(run[::-1] for run in RUNS)):
        for length in range(len(run), SHORTEST_RUN - 1, -1):
            for start in range(len(run) - length + 1):
                password = password.replace(run[start : start + length], " ")
    return {letter for letter in password if letter.isalpha()}
