"""Shift the clock of a process and its children, by preloading the compiled `clock.c`."""

import os
import shutil
import subprocess
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from config.embedded.places import ROOT, make_private

SOURCE = Path(__file__).with_name("clock.c")
PLACE = ROOT / ".local" / "days"


class NoClockError(SystemExit):
    """The clock cannot be shifted on this machine."""


def environment(moment: datetime) -> dict[str, str]:
    """Return the environment in which a process and its children start at that moment."""
    seconds = round((moment - datetime.now(moment.tzinfo)).total_seconds())
    seconds += int(os.environ.get("CLOCK_SHIFT_SECONDS", "0"))  # this process may be shifted too
    return {"LD_PRELOAD": str(_library()), "CLOCK_SHIFT_SECONDS": str(seconds)}


def _library() -> Path:
    """Compile the library unless it exists. Return its path."""
    make_private(PLACE.parent)
    path = make_private(PLACE) / f"clock-{sha256(SOURCE.read_bytes()).hexdigest()[:12]}.so"
    if path.exists():
        return path
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoClockError("Shifting the clock needs a C compiler (apt install gcc libc6-dev).")
    draft = path.with_suffix(".draft")
    command = [compiler, "-O2", "-Wall", "-shared", "-fPIC", "-o", str(draft), str(SOURCE)]
    built = subprocess.run([*command, "-ldl"], check=False)
    if built.returncode:
        raise NoClockError("The compiler could not build tests/days/clock.c (see above).")
    draft.chmod(0o755)  # as root, PostgreSQL runs as another user
    return draft.rename(path)
