"""Brings `.venv` up to a lock file: `python3 -I config/install.py LOCK [LOCKS THAT IT CONTAINS]`.

Runs before anything is installed, so it has the standard library alone.
"""

import fcntl
import importlib.util
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
# What is installed, and for which Python; absent while that is being changed.
STAMP = VENV / "installed.json"

# In somebody's shell these would send packages elsewhere.
MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")
UNREACHABLE = ("Retrying (", "ConnectionError", "Max retries exceeded")


def main() -> None:
    lock, *contained = sys.argv[1:]
    try:
        VENV.mkdir(exist_ok=True)
        with one_at_a_time() as turn:
            installed = read_stamp()
            if installed.get(lock) == fingerprint(lock):
                return
            STAMP.unlink(missing_ok=True)
            if not installed:
                create()
            install(lock, turn)
            fresh = {name: fingerprint(name) for name in (lock, *contained)}
            STAMP.write_text(json.dumps({"python": python_version(), **fresh}))
    except OSError as error:
        raise SystemExit(f"{VENV} cannot be used ({error}): remove it and try again.") from error
    except KeyboardInterrupt:
        raise SystemExit("Stopped; the next run begins anew.") from None


@contextmanager
def one_at_a_time() -> Iterator[int]:
    turn = os.open(VENV, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield turn
    finally:
        os.close(turn)


def fingerprint(lock: str) -> str:
    return sha256((ROOT / lock).read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Empty when .venv is half made, or its Python has gone or become another."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return stamp if stamp.get("python") == python_version() else {}


def python_version() -> str:
    try:
        command = [str(PYTHON), "-I", "-c", "import sys; print(sys.version)"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout


def create() -> None:
    if not importlib.util.find_spec("ensurepip"):
        package = f"python3.{sys.version_info.minor}-venv"
        raise SystemExit(
            "This Python cannot make virtual environments: its `venv` is not installed."
            f" On Debian and Ubuntu: apt install {package}"
        )
    say("Making a virtual environment in .venv ...")
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"The virtual environment could not be made: {error}") from error


def install(lock: str, turn: int) -> None:
    say(f"Installing what {lock} names; this takes a minute or two, once ...")
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"]
    with LOG.open("wb") as log:
        outcome = subprocess.run(
            [PYTHON, "-I", "-m", "pip", "install", *options, "--requirement", ROOT / lock],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            pass_fds=[turn],  # a pip that outlives us keeps the next one waiting
        )
    if outcome.returncode:
        raise SystemExit(f"{reason(LOG.read_text(errors='replace'))} (All of it: {LOG})")


def reason(log: str) -> str:
    if any(sign in log for sign in UNREACHABLE):
        return (
            "The package index could not be reached: go online, or tell pip of a mirror, and retry."
        )
    errors = [line for line in log.splitlines() if line.startswith("ERROR:")]
    return f"The packages could not be installed. {errors[0] if errors else 'pip failed.'}"


def say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
