"""A PostgreSQL and a Redis of this checkout, if neither DATABASE_URL nor REDIS_URL is set.

Each process that uses the servers holds a shared lock on a file, which the kernel releases when the
process ends for any reason. The keeper, which is the parent of both servers, stops them once it
gets the exclusive lock.

If only one of the two variables is set, no server is embedded and the settings demand the other. A
variable that was forgotten in production is therefore an error, not a silent private database.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

from config.embedded import users
from config.embedded.places import ROOT, EmbeddedError, local, make_private
from config.embedded.postgres import DATABASE, PORT
from core.vapid import make_private_key

__all__ = [
    "ROOT",
    "EmbeddedError",
    "database_url",
    "ensure",
    "is_on",
    "local",
    "owner_url",
    "redis_url",
    "reset",
    "secret_key",
    "stop",
    "vapid_private_key",
]

stop = users.stop
reset = users.reset


def is_on() -> bool:
    names = ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE")
    return not any(_is_set(name) for name in names)


def ensure() -> None:
    """Use the servers until this process ends, and start them if they do not run."""
    if is_on():
        users.join()


def database_url() -> str:
    """Return the URL for the application's role, which owns no tables and obeys row security."""
    return _postgres_url("reputation")


def owner_url() -> str:
    """Return the URL for migrations and for creating test databases."""
    return _postgres_url("reputation_owner")


def redis_url() -> str:
    return f"unix://{quote(str(local() / 'run' / 'redis.sock'))}?db=0"


def secret_key() -> str:
    """Return a key that is created once, so that a restart signs nobody out."""
    return _create_once("secret_key", lambda: secrets.token_urlsafe(50))


def vapid_private_key() -> str:
    """Return a key that is created once, so that a restart ends no browser's subscription."""
    return _create_once("vapid_private_key", make_private_key)


def _create_once(name: str, make: Callable[[], str]) -> str:
    path = make_private(local()) / name
    if not path.exists():
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        # A hard link is atomic: one of two processes wins, and none reads a half-written file.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def _postgres_url(role: str) -> str:
    # Without the port, PGPORT in somebody's shell would be used.
    return f"postgres://{role}@:{PORT}/{DATABASE}?host={quote(str(local() / 'run'), safe='')}"


def _is_set(name: str) -> bool:
    """Return whether a variable is set in the environment or in `.env`, as the settings read it."""
    if os.environ.get(name):
        return True
    with suppress(OSError):
        for line in (ROOT / ".env").read_text().splitlines():
            key, _, value = line.removeprefix("export ").partition("=")
            if key.strip() == name and value.strip(" '\""):
                return name not in os.environ
    return False
