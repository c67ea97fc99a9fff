"""Private servers, ports and settings for one run."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dev.doubles.simulation import ACCOUNT_SID, AUTH_TOKEN

# Seconds. Much shorter than in production, to make a run short; the ratio is similar.
LEASE, SILENCE = 3, 8

# Set to nothing, so that neither the shell nor a `.env` file has an effect.
UNSET = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "ADDRESS_DIGEST_KEY"),
    *("ALLOWED_HOSTS", "GOOGLE_CLIENT_ID", "DEMO", "UPLOADS_DIR"),
)


@contextmanager
def private_environment() -> Iterator[Path]:
    """Prepare the environment, from which the settings are read later. Yield its folder."""
    # Not in pytest's folder: its path is too long for sockets and closed to PostgreSQL's user.
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o755)
    os.environ |= dict.fromkeys(UNSET, "") | {
        "REPUTATION_LOCAL": str(folder / "local"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SITE_URL": f"http://127.0.0.1:{_free_port()}",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "DISPATCH_LEASE_SECONDS": str(LEASE),
        "DISPATCH_SILENCE_SECONDS": str(SILENCE),
        "DISPATCH_CONCURRENCY": "16",
        "DATABASE_POOL_SIZE": "4",
        "LOG_LEVEL": "WARNING",
        # Celery warns at each start as root. That only matters where strangers can send tasks.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
