"""How the embedded PostgreSQL is made, started and asked."""

import locale
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import psycopg

from config.embedded.places import ROOT, EmbeddedError, hand_over, local, postgres_programs
from config.embedded.processes import Processes, Server

DATABASE = "reputation"
PORT = 5432
VERSION = "16"

# What is written survives the death of every process, for it is in the kernel's hands by then; a
# power cut may cost it, and it is only demo and test data.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement or a detail would quote people's data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def start(processes: Processes) -> None:
    data, programs, sockets = local() / "postgres", postgres_programs(), local() / "run"
    if not data.exists() or not any(data.iterdir()):
        _create(processes)
    hand_over(data)
    data.chmod(0o700)
    made_by = data / "PG_VERSION"
    if not made_by.exists() or made_by.read_text().strip() != VERSION:
        raise EmbeddedError(
            f"{data} is not a database of PostgreSQL {VERSION}."
            " `make demo-reset` removes it and its data; the next run makes a new one."
        )
    _bury_postmaster(data / "postmaster.pid")
    settings = SETTINGS | {"unix_socket_directories": str(sockets)}
    command = [
        *[str(programs / "postgres"), "-D", str(data)],
        *[f"--{name}={value}" for name, value in settings.items()],
    ]
    socket = sockets / f".s.PGSQL.{PORT}"
    server = Server("postgres", command, socket, ask=answers, stop_with=signal.SIGINT)
    processes.run(server, as_server_user=True)
    _settle_roles()


def answers() -> bool:
    try:
        _connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _bury_postmaster(left: Path) -> None:
    """Whom a left file names is dead, for we are alone; its number may be somebody else's by now.

    PostgreSQL knows that its own parent is no postmaster: with our number there it clears away what
    the dead one left in shared memory.
    """
    rest = left.read_text().splitlines()[1:] if left.exists() else []
    if rest:
        left.write_text("\n".join([str(os.getpid()), *rest, ""]))
    else:
        left.unlink(missing_ok=True)


def _create(processes: Processes) -> None:
    """Made aside and moved into place, so that a half-made one never counts."""
    draft = local() / "postgres.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    hand_over(draft)
    processes.finish(
        "postgres",
        [
            *[str(postgres_programs() / "initdb"), "-D", str(draft), "--no-sync"],
            *["--username=postgres", "--auth=trust"],
            *["--encoding=UTF8", "--locale=C", f"--lc-ctype={_letters()}"],
        ],
    )
    draft.rename(local() / "postgres")


def _letters() -> str:
    """A locale in which Í is the capital of í; the plain C locale knows ASCII alone."""
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            return name
    return "C"


def _settle_roles() -> None:
    with _connect() as connection:
        connection.execute((ROOT / "deploy" / "postgres" / "1-roles.sql").read_bytes())
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER reputation_owner")


def _connect() -> psycopg.Connection:
    return psycopg.connect(
        host=str(local() / "run"),
        port=PORT,
        user="postgres",
        dbname="postgres",
        connect_timeout=2,
        autocommit=True,
    )
