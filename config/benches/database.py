"""A database of the bench's own: made as the owner, used as the application, dropped at the end."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg import sql
from redis import Redis

REDIS_DATABASE = 14


@contextmanager
def own_database(bench: str) -> Iterator[Mapping[str, str]]:
    """This process works there meanwhile; what it gives is the environment for other processes."""
    name, usual = f"bench_{bench}_{os.getpid()}", settings.DATABASES["default"]["NAME"]
    redis_url = _redis_url()
    with as_owner() as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _point_at(name, redis_url)
        call_command("migrate", verbosity=0)
        with _emptied(redis_url):
            yield _environment(name, redis_url)
    finally:
        _point_at(usual, settings.REDIS_URL)
        with as_owner() as owner:
            # Not by force: that fails when a vacuum runs there, which is not ours to end.
            owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@contextmanager
def as_owner(name: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    server = settings.DATABASES["owner"]
    with psycopg.connect(
        dbname=name,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        host=server["HOST"] or server.get("OPTIONS", {}).get("host"),
        port=server["PORT"] or None,
        autocommit=True,
    ) as connection:
        yield connection


def _redis_url() -> str:
    """The same server, another of its sixteen databases: `?db=0` on a socket, `/0` on a port."""
    bare = re.sub(r"(\?db=|(?<=\d)/)\d+$", "", settings.REDIS_URL)
    return f"{bare}?db={REDIS_DATABASE}" if bare.startswith("unix") else f"{bare}/{REDIS_DATABASE}"


@contextmanager
def _emptied(redis_url: str) -> Iterator[None]:
    redis = Redis.from_url(redis_url)
    if redis.dbsize():
        raise CommandError(f"Redis database {REDIS_DATABASE} is in use: empty it, or wait.")
    try:
        yield
    finally:
        redis.flushdb()
        redis.close()


def _point_at(name: str, redis_url: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        if alias == "default":
            connections[alias].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    settings.CACHES["default"]["LOCATION"] = redis_url
    caches["default"].close()
    del caches["default"]


def _environment(name: str, redis_url: str) -> Mapping[str, str]:
    urls = {"DATABASE_URL": settings.DATABASE_URL, "DATABASE_OWNER_URL": settings.OWNER_URL}
    return {
        **os.environ,
        **{key: urlsplit(url)._replace(path=f"/{name}").geturl() for key, url in urls.items()},
        "REDIS_URL": redis_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
    }
