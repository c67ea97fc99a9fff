"""Recognise a full disk, and format file sizes."""

import errno

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DiskFull

from core.errors import ProblemError

# No space left, quota exceeded, and a file larger than its file system or process allows.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NoRoomError(ProblemError):
    status = 507

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no room on our server to store this at the moment. Nothing was saved."
                " Try again in a few minutes; if it stays like this, write to us."
            )
        )


def format_size(size: int) -> str:
    """Return a size in whole KB, MB or GB, with a space that does not break."""
    for unit in ("KB", "MB"):
        size //= 1024
        if size < 1024:  # noqa: PLR2004
            return f"{size}\N{NO-BREAK SPACE}{unit}"
    return f"{size // 1024}\N{NO-BREAK SPACE}GB"


def is_full(error: BaseException | None) -> bool:
    """Return whether our disk or the disk of the database is full."""
    if isinstance(error, OperationalError):
        return isinstance(error.__cause__, DiskFull)
    return isinstance(error, OSError) and error.errno in FULL
