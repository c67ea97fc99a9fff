import os
import platform
from pathlib import Path

from django.db import connection

CPUS = Path("/proc/cpuinfo")


def description() -> dict[str, str | int | None]:
    """Describe the machine, on which absolute figures depend."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone() or ("",)
        cursor.execute("SHOW fsync")
        (fsync,) = cursor.fetchone() or ("",)
    return {
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "postgres": str(postgres).split(maxsplit=1)[0],
        "fsync": fsync,
    }


def _cpu() -> str:
    lines = CPUS.read_text().splitlines() if CPUS.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
