"""Create, start and check the embedded PostgreSQL."""

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

# Without fsync, data survive the end of any process, because the kernel has them by then. A power
# cut may destroy them, but they are only demo and test data.
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
    # Statements and details would quote personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def start(processes: Processes) -> None:
    data, programs, sockets = local() / "postgres", postgres_programs(), local() / "run"
    if not data.exists() or not any(data.iterdir()):
        _create(processes)
    hand_over(data)
    data.chmod(0o700)
    version_file = data / "PG_VERSION"
    if not version_file.exists() or version_file.read_text().strip() != VERSION:
        raise EmbeddedError(
            f"{data} is not a database of PostgreSQL {VERSION}."
            " `make demo-reset` removes it and its data; the next run makes a new one."
        )
    _replace_stale_pid(data / "postmaster.pid")
    settings = SETTINGS | {"unix_socket_directories": str(sockets)}
    command = [
        *[str(programs / "postgres"), "-D", str(data)],
        *[f"--{name}={value}" for name, value in settings.items()],
    ]
    socket = sockets / f".s.PGSQL.{PORT}"
    server = Server(
        "postgres", command, socket, is_responding=is_responding, stop_with=signal.SIGINT
    )
    processes.run(server, as_server_user=True)
    _create_roles_and_database()


def is_responding() -> bool:
    try:
        _connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _replace_stale_pid(pid_file: Path) -> None:
    """Write our own pid into a pid file that a killed server has left.

    We hold the lock, so that server is dead, but its pid may belong to another process by now, and
    PostgreSQL would refuse to start. PostgreSQL knows that its own parent is no server, so with our
    pid it starts, and removes the old server's shared memory.
    """
    rest = pid_file.read_text().splitlines()[1:] if pid_file.exists() else []
    if rest:
        pid_file.write_text("\n".join([str(os.getpid()), *rest, ""]))
    else:
        pid_file.unlink(missing_ok=True)


def _create(processes: Processes) -> None:
    """Create the database in a draft directory, and move it into place once it is complete."""
    draft = local() / "postgres.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    hand_over(draft)
    processes.finish(
        "postgres",
        [
            *[str(postgres_programs() / "initdb"), "-D", str(draft), "--no-sync"],
            *["--username=postgres", "--auth=trust"],
            *["--encoding=UTF8", "--locale=C", f"--lc-ctype={_ctype()}"],
        ],
    )
    draft.rename(local() / "postgres")


def _ctype() -> str:
    """Return a locale in which upper('í') is Í. The C locale knows ASCII letters only."""
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            return name
    return "C"


def _create_roles_and_database() -> None:
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
