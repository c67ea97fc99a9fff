"""Create test databases: migrate one as the owner, then copy it for every process and every reset.

Tests connect as the application's role, which may neither create nor truncate tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).parent.parent
PREFIX = "test_reputation_"


@contextmanager
def as_owner(name: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    owner = settings.DATABASES["owner"]
    with psycopg.connect(
        dbname=name,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        host=owner["HOST"] or owner.get("OPTIONS", {}).get("host"),
        port=owner["PORT"] or None,
        autocommit=True,
    ) as connection:
        yield connection


def fingerprint() -> str:
    """Return a digest of all files that a freshly migrated database depends on."""
    digest = sha256()
    sources = sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("requirements.lock")])
    for path in [
        *sources,
        ROOT / "core/constraints.py",
        ROOT / "billing/ledger_triggers.py",
        ROOT / "messaging/message_days.py",
        ROOT / "insights/staleness.py",
        ROOT / "config/management/commands/migrate.py",
    ]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def build_template() -> str:
    """Migrate the template database unless it exists. Other processes wait on an advisory lock."""
    template = f"{PREFIX}template_{fingerprint()}"
    with as_owner() as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        stored = owner.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{PREFIX}template_"],
        ).fetchall()
        if (template,) in stored:
            return template
        for (outdated,) in stored:
            _drop(owner, outdated)
        draft = f"{PREFIX}draft"
        _drop(owner, draft)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        point_at(draft)
        call_command("migrate", verbosity=0)
        connections["owner"].close()
        owner.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(draft), sql.Identifier(template)
            )
        )
    return template


def copy(template: str, name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
    with as_owner() as owner:
        _drop(owner, name)
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def drop(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
    with as_owner() as owner:
        _drop(owner, name)


def _drop(owner: psycopg.Connection[Any], name: str) -> None:
    """Drop the database. PostgreSQL waits some seconds for connections that are closing."""
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
