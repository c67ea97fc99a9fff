"""Password validators: refuse passwords from breaches and those that are easy to guess."""

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

# Rows of Spanish keyboards, the digits and the alphabet.
RUNS = ("1234567890", "qwertyuiop", "asdfghjklñ", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
SHORTEST_RUN = 4
# The number of different letters that must be left without guessable words and runs.
MIN_OWN_LETTERS = 5
OUR_WORDS = [
    *("reputation", "manager", "clinica", "consultorio", "doctor", "doctora", "hola"),
    *("password", "contraseña", "clave"),
]
SHORTEST_WORD = 3
TILDE = "\N{COMBINING TILDE}"

log = structlog.get_logger("accounts")


class GuessableWords:
    """Refuses passwords that consist mostly of names, common words and runs of keys.

    Django's validator compares with one attribute at a time and does not know the clinic's names.
    """

    def validate(self, password: str, user: Any = None) -> None:
        refuse_guessable(password, about=_texts_about(user))

    def get_help_text(self) -> str:
        return _("Your password can’t be made of your name, your clinic’s name or keys in a row.")


def refuse_guessable(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise ValidationError for a password that consists mostly of these texts or common words."""
    words = [*OUR_WORDS, *_words_in(about)]
    if len(_own_letters(_plain(password), words)) < MIN_OWN_LETTERS:
        raise ValidationError(
            _(
                "This password is easy to guess: it is little more than names, the clinic, or keys"
                " in a row. Three or four words that have nothing to do with you are better."
            ),
            code="password_guessable",
        )


class NotBreached:
    """Refuses passwords from known breaches, if `BREACHED_PASSWORDS_URL` is set.

    The service gets the first five of the forty letters of the digest and returns hundreds of
    digests that begin with them; we search these ourselves ("k-anonymity"). If the service does not
    respond, the password is accepted.
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
    # The services index passwords by SHA-1. We do not store it.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, rest = digest[:PREFIX_LENGTH], digest[PREFIX_LENGTH:]
    try:
        answer = requests.get(
            f"{settings.BREACHED_PASSWORDS_URL}/{prefix}",
            # Pads the response, so that its length does not reveal the prefix.
            headers={"Add-Padding": "true", "User-Agent": "Reputation Manager"},
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        log.warning("breached_passwords_not_asked", reason=type(error).__name__)
        return False
    lines = (line.partition(":") for line in answer.text.splitlines())
    counts = {suffix.strip().upper(): count for suffix, _colon, count in lines}
    # Padding lines have a count of 0.
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
    """Return the words of the texts, and each text with its words joined."""
    parts = [re.findall(r"[a-z0-9ñ]+", _plain(text)) for text in texts]
    words = {word for words in parts for word in words} | {"".join(words) for words in parts}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _plain(text: str) -> str:
    """Return lower-case letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    # Keep the tilde, because ñ is a letter of its own.
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) or c == TILDE)
    return unicodedata.normalize("NFC", bare)


def _own_letters(password: str, words: Iterable[str]) -> set[str]:
    """Return the different letters of a password outside of these words and of runs of keys.

    A set, because the ten letters of “aaaaaaaaaa” are as weak as one.
    """
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, " ")
    for run in (*RUNS, *(run[::-1] for run in RUNS)):
        for length in range(len(run), SHORTEST_RUN - 1, -1):
            for start in range(len(run) - length + 1):
                password = password.replace(run[start : start + length], " ")
    return {letter for letter in password if letter.isalpha()}
