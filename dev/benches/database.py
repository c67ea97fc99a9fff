"""Create a database for a bench as its owner, use it as the application, and drop it at the end."""

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

# Tests reach these numbers only on big machines. The first empty one is taken.
REDIS_DATABASES = range(8, 16)


@contextmanager
def own_database(bench: str) -> Iterator[Mapping[str, str]]:
    """Connect this process to it, and give the environment for other processes."""
    name, usual = f"bench_{bench}_{os.getpid()}", settings.DATABASES["default"]["NAME"]
    with _own_redis() as redis_url, as_owner() as owner:
        # Nothing to do if it is migrated already.
        template = sql.Identifier(os.environ.get("BENCH_TEMPLATE", "template1"))
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template)
        )
        try:
            _point_at(name, redis_url)
            call_command("migrate", verbosity=0)
            yield _environment(name, redis_url)
        finally:
            _point_at(usual, settings.REDIS_URL)
            # Not with FORCE: that fails while an autovacuum runs there, which we may not end.
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


@contextmanager
def _own_redis() -> Iterator[str]:
    """Another of the server's sixteen databases: `?db=0` for a socket, `/0` for a port."""
    bare = re.sub(r"(\?db=|(?<=\d)/)\d+$", "", settings.REDIS_URL)
    db = "?db=" if bare.startswith("unix") else "/"
    for number in REDIS_DATABASES:
        with Redis.from_url(url := f"{bare}{db}{number}") as redis:
            if not redis.dbsize():
                try:
                    yield url
                finally:
                    redis.flushdb()
                return
    raise CommandError("Every Redis database that a bench may use is in use: empty one, or wait.")


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
        "UPLOADS_DIR": settings.UPLOADS_DIR,
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
    }
