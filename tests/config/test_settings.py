"""In production a missing setting is one sentence that names it, and no process starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import embedded
from config.embedded.processes import shifted_clock

PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "SITE_URL": "https://reputation.example",
    "ALLOWED_HOSTS": "reputation.example",
    "DATABASE_URL": "postgres://reputation@127.0.0.1:9/reputation",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "UPLOADS_DIR": "/srv/uploads",
}


def start(environment: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; {code}"],
        cwd=embedded.ROOT,
        env={"PATH": os.environ["PATH"], **shifted_clock(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", PRODUCTION)
def test_a_missing_variable_is_named_in_one_sentence(name: str) -> None:
    rest = {key: value for key, value in PRODUCTION.items() if key != name}

    failed = start(rest, "")

    assert failed.returncode == 1
    assert failed.stderr == f"{name} is not set: set it as .env.example explains.\n"


def test_production_is_closed_by_default() -> None:
    names = [
        *("DEBUG", "DEMO", "EMBEDDED", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
        *("SECURE_SSL_REDIRECT", "ADMIN_REQUIRES_MFA", "TRUSTED_PROXY", "TWILIO_AUTH_TOKEN"),
    ]

    said = start(
        PRODUCTION, f"print(*(bool(getattr(settings, n)) for n in {names}))"
    ).stdout.split()

    assert said == ["False", "False", "False", "True", "True", "True", "True", "False", "False"]


def test_passwords_take_twelve_rounds_of_bcrypt() -> None:
    code = (
        "import importlib;"
        " module, name = settings.PASSWORD_HASHERS[0].rsplit('.', 1);"
        " hasher = getattr(importlib.import_module(module), name);"
        " print(hasher.algorithm, hasher.rounds)"
    )

    assert start(PRODUCTION, code).stdout.split() == ["bcrypt_sha256", "12"]


def test_period_shorter_than_the_database_allows_is_refused_in_one_sentence() -> None:
    ended = start(PRODUCTION | {"AUDIT_ORIGIN_DAYS": "29"}, "print('it started')")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "AUDIT_ORIGIN_DAYS must be 30 or more.\n"


def test_first_of_the_sealing_keys_is_the_newest_and_secret_key_is_the_last() -> None:
    said = start(PRODUCTION | {"SEALING_KEYS": "new,old"}, "print(settings.SEALING_KEYS)").stdout

    assert said == f"{['new', 'old', PRODUCTION['SECRET_KEY']]}\n"


def test_secret_is_read_from_the_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a key from a secret store\n")
    rest = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}

    done = start({**rest, "SECRET_KEY_FILE": str(secret)}, "print(settings.SECRET_KEY)")

    assert done.stdout == "a key from a secret store\n"


def test_database_named_in_a_file_is_used_instead_of_the_embedded_one(tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text(PRODUCTION["DATABASE_URL"])
    rest = {name: value for name, value in PRODUCTION.items() if name != "DATABASE_URL"}

    done = start(
        {**rest, "DATABASE_URL_FILE": str(url)},
        "print(settings.EMBEDDED, settings.DATABASES['default']['HOST'])",
    )

    assert done.stdout == "False 127.0.0.1\n"


COOKIES = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE")


def test_cookies_are_of_this_host_alone_where_there_is_tls() -> None:
    code = f"print(*(getattr(settings, n + '_NAME')[:7] for n in {COOKIES}))"
    rest = ("_PATH", "_DOMAIN", "_SECURE")
    paths = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        " from django.conf import settings;"
        f" print({{tuple(getattr(settings, n + r) for r in {rest}) for n in {COOKIES}}})"
    )

    assert start(PRODUCTION, code).stdout.split() == ["__Host-"] * 3
    # Browsers refuse the prefix with anything else.
    assert start(PRODUCTION, paths).stdout == "{('/', None, True)}\n"
    plain = start(PRODUCTION | {"SITE_URL": "http://reputation.example"}, code)
    assert "__Host-" not in plain.stdout


@pytest.mark.parametrize(
    ("said", "names_below"), [({}, "True"), ({"HSTS_INCLUDE_SUBDOMAINS": "off"}, "False")]
)
def test_browsers_stay_with_tls_below_the_host_too(said: dict[str, str], names_below: str) -> None:
    code = "print(settings.SECURE_HSTS_SECONDS > 0, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS)"

    assert start(PRODUCTION | said, code).stdout.split() == ["True", names_below]
