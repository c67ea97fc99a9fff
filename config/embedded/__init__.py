"""A real PostgreSQL and a real Redis, private to this checkout, for whoever names none.

They run as long as somebody uses them. Every user holds a shared lock on one file, which the kernel
gives back however that process dies; a keeper, parent of both servers, stops them when it gets the
lock for itself. With `DATABASE_URL` or `REDIS_URL` set nothing is embedded at all, so a variable
forgotten in production is a sentence and never a silent private database.
"""

import os
import secrets
from contextlib import suppress
from urllib.parse import quote

from config.embedded import users
from config.embedded.places import ROOT, EmbeddedError, local, make_private
from config.embedded.postgres import DATABASE, PORT

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
]

stop = users.stop
reset = users.reset


def is_on() -> bool:
    names = ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE")
    return not any(_is_set(name) for name in names)


def ensure() -> None:
    """Use the servers until this process ends; the first to come starts them."""
    if is_on():
        users.join()


def database_url() -> str:
    """For the application: a role that neither owns its tables nor escapes row security."""
    return _postgres_url("reputation")


def owner_url() -> str:
    """For migrations and for making test databases."""
    return _postgres_url("reputation_owner")


def redis_url() -> str:
    return f"unix://{quote(str(local() / 'run' / 'redis.sock'))}?db=0"


def secret_key() -> str:
    """Made once, so that a restart signs nobody out."""
    path = make_private(local()) / "secret_key"
    if not path.exists():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        # Of two that come first together one wins, and nobody reads a half-written file.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def _postgres_url(role: str) -> str:
    # The port is named because PGPORT in somebody's shell would otherwise decide it.
    return f"postgres://{role}@:{PORT}/{DATABASE}?host={quote(str(local() / 'run'), safe='')}"


def _is_set(name: str) -> bool:
    """In the environment or, where settings look next, in `.env`."""
    if os.environ.get(name):
        return True
    with suppress(OSError):
        for line in (ROOT / ".env").read_text().splitlines():
            key, _, value = line.removeprefix("export ").partition("=")
            if key.strip() == name and value.strip(" '\""):
                return name not in os.environ
    return False
