"""Servers, ports and settings that nobody else uses, for as long as the storm lasts."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dev.doubles.simulation import ACCOUNT_SID, AUTH_TOKEN

# So short that the end of the storm need not be waited for; their ratio is that of production.
LEASE, SILENCE = 3, 8

# Set and empty: neither the shell nor a `.env` decides about them.
UNSET = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "ADDRESS_DIGEST_KEY"),
    *("ALLOWED_HOSTS", "GOOGLE_CLIENT_ID", "DEMO", "UPLOADS_DIR"),
)


@contextmanager
def private_place() -> Iterator[Path]:
    """Before the settings are read: they come from the environment that this prepares."""
    # Not under pytest's folder, whose long and closed path would move the servers elsewhere.
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
        # As root Celery would say so at each start; that matters where strangers send tasks.
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
