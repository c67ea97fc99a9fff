"""Collect the static files for a server that runs from a checkout. An image collects its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed() -> None:
    with _lock():
        if have_changed():
            call_command("collectstatic", interactive=False, verbosity=0)


def have_changed() -> bool:
    """Return whether a source is newer than the last collection."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected_at = manifest.stat().st_mtime
    return any(
        _changed_at(storage.path(path)) > collected_at
        for finder in get_finders()
        for path, storage in finder.list([])
    )


def _changed_at(path: str) -> float:
    """A package that was just installed has new files with the old times of its author."""
    stat = Path(path).stat()
    return max(stat.st_mtime, stat.st_ctime)


@contextmanager
def _lock() -> Iterator[None]:
    """Let one process collect at a time, because two would delete each other's files."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(exist_ok=True)
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main() -> None:
    """Collect them as production does. In tests the settings of their process differ."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    collect_if_changed()


if __name__ == "__main__":
    main()
