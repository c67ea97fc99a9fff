"""In production a missing setting ends the process with a message that names it."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.utils.module_loading import import_string

from config import embedded, settings
from config.embedded.processes import shifted_clock

PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "SITE_URL": "https://reputation.example",
    "ALLOWED_HOSTS": "reputation.example",
    "DATABASE_URL": "postgres://reputation@127.0.0.1:9/reputation",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "UPLOADS_DIR": "/srv/uploads",
}


def settings_in(environment: dict[str, str]) -> SimpleNamespace:
    """Load the settings with exactly these environment variables."""
    with patch.dict(os.environ, environment, clear=True):
        return SimpleNamespace(**runpy.run_path(settings.__file__))


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


@pytest.mark.parametrize("name", PRODUCTION)
def test_missing_variable_is_named_in_one_sentence(name: str) -> None:
    with pytest.raises(SystemExit) as refused:
        settings_in(without(name))

    assert refused.value.code == f"{name} is not set: set it as .env.example explains."


def test_process_ends_with_that_sentence_alone() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from config import settings"],
        cwd=embedded.ROOT,
        env={"PATH": os.environ["PATH"], **shifted_clock(), **without("SITE_URL")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "SITE_URL is not set: set it as .env.example explains.\n"


def test_production_is_closed_by_default() -> None:
    names = [
        *("DEBUG", "DEMO", "EMBEDDED", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
        *("SECURE_SSL_REDIRECT", "ADMIN_REQUIRES_MFA", "TRUSTED_PROXY", "TWILIO_AUTH_TOKEN"),
    ]

    read = settings_in(PRODUCTION)

    assert [bool(getattr(read, name)) for name in names] == [
        *(False, False, False, True, True),
        *(True, True, False, False),
    ]


def test_passwords_take_twelve_rounds_of_bcrypt() -> None:
    hasher = import_string(settings_in(PRODUCTION).PASSWORD_HASHERS[0])

    assert (hasher.algorithm, hasher.rounds) == ("bcrypt_sha256", 12)


def test_period_shorter_than_the_database_allows_is_refused_in_one_sentence() -> None:
    with pytest.raises(SystemExit) as refused:
        settings_in(PRODUCTION | {"AUDIT_ORIGIN_DAYS": "29"})

    assert refused.value.code == "AUDIT_ORIGIN_DAYS must be 30 or more."


def test_first_of_the_sealing_keys_is_the_newest_and_secret_key_is_the_last() -> None:
    keys = settings_in(PRODUCTION | {"SEALING_KEYS": "new,old"}).SEALING_KEYS

    assert keys == ["new", "old", PRODUCTION["SECRET_KEY"]]


def test_secret_is_read_from_the_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a key from a secret store\n")

    read = settings_in({**without("SECRET_KEY"), "SECRET_KEY_FILE": str(secret)})

    assert read.SECRET_KEY == "a key from a secret store"


def test_database_named_in_a_file_is_used_instead_of_the_embedded_one(tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text(PRODUCTION["DATABASE_URL"])

    read = settings_in({**without("DATABASE_URL"), "DATABASE_URL_FILE": str(url)})

    assert not read.EMBEDDED
    assert read.DATABASES["default"]["HOST"] == "127.0.0.1"


COOKIES = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE")


def test_cookies_are_of_this_host_alone_where_there_is_tls() -> None:
    with_tls = vars(settings_in(PRODUCTION))
    without_tls = vars(settings_in(PRODUCTION | {"SITE_URL": "http://reputation.example"}))

    for cookie in COOKIES:
        assert with_tls[f"{cookie}_NAME"].startswith("__Host-")
        assert not without_tls[f"{cookie}_NAME"].startswith("__Host-")
        # Browsers require this for the prefix.
        assert with_tls[f"{cookie}_SECURE"]
        assert with_tls.get(f"{cookie}_PATH", "/") == "/"
        assert with_tls.get(f"{cookie}_DOMAIN") is None


@pytest.mark.parametrize(
    ("changes", "names_below"), [({}, True), ({"HSTS_INCLUDE_SUBDOMAINS": "off"}, False)]
)
def test_hsts_includes_subdomains_unless_turned_off(
    changes: dict[str, str], names_below: bool
) -> None:
    read = settings_in(PRODUCTION | changes)

    assert read.SECURE_HSTS_SECONDS > 0
    assert read.SECURE_HSTS_INCLUDE_SUBDOMAINS is names_below


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"AI_PROVIDER": "oracle"}, "must be anthropic, openai or compatible"),
        ({"AI_PROVIDER": "openai", "AI_MODEL": "m"}, "needs AI_MODEL and AI_API_KEY"),
        ({"AI_PROVIDER": "openai", "AI_API_KEY": "k"}, "needs AI_MODEL and AI_API_KEY"),
        ({"AI_PROVIDER": "compatible", "AI_MODEL": "m", "AI_API_KEY": "k"}, "needs AI_BASE_URL"),
    ],
)
def test_incomplete_language_model_is_refused_in_one_sentence(
    environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        settings_in(PRODUCTION | environment)


def test_language_model_is_off_by_default() -> None:
    assert settings_in(PRODUCTION).AI_PROVIDER == ""
