"""Install the packages of a lock file into `.venv`, unless they are installed already.

`python3 -I config/install.py LOCK [LOCKS THAT IT CONTAINS]`. It runs before anything is installed,
so it uses the standard library only.
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
# What is installed, and for which Python. The file is removed during an installation.
STAMP = VENV / "installed.json"

# If somebody's shell sets these, pip installs to another place.
MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")
UNREACHABLE = ("Retrying (", "ConnectionError", "Max retries exceeded")


def main() -> None:
    lock, *contained = sys.argv[1:]
    try:
        VENV.mkdir(exist_ok=True)
        with exclusive_lock() as lock_fd:
            installed = read_stamp()
            if installed.get(lock) == fingerprint(lock):
                return
            STAMP.unlink(missing_ok=True)
            if not installed:
                create_venv()
            install(lock, lock_fd)
            fingerprints = {name: fingerprint(name) for name in (lock, *contained)}
            STAMP.write_text(json.dumps({"python": python_version(), **fingerprints}))
    except OSError as error:
        raise SystemExit(f"{VENV} cannot be used ({error}): remove it and try again.") from error
    except KeyboardInterrupt:
        raise SystemExit("Stopped; the next run begins anew.") from None


@contextmanager
def exclusive_lock() -> Iterator[int]:
    lock_fd = os.open(VENV, os.O_RDONLY)
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX)
        yield lock_fd
    finally:
        os.close(lock_fd)


def fingerprint(lock: str) -> str:
    return sha256((ROOT / lock).read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Return {} if an installation was interrupted, or if the Python of .venv has changed."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return stamp if stamp.get("python") == python_version() else {}


def python_version() -> str:
    try:
        command = [str(PYTHON), "-I", "-c", "import sys; print(sys.version)"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return result.stdout


def create_venv() -> None:
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


def install(lock: str, lock_fd: int) -> None:
    say(f"Installing what {lock} names; this takes a minute or two, once ...")
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"]
    with LOG.open("wb") as log:
        result = subprocess.run(
            [PYTHON, "-I", "-m", "pip", "install", *options, "--requirement", ROOT / lock],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            pass_fds=[lock_fd],  # so that the lock is held until pip ends, even if we are killed
        )
    if result.returncode:
        raise SystemExit(f"{reason(LOG.read_text(errors='replace'))} (All of it: {LOG})")


def reason(log: str) -> str:
    if any(phrase in log for phrase in UNREACHABLE):
        return (
            "The package index could not be reached: go online, or tell pip of a mirror, and retry."
        )
    errors = [line for line in log.splitlines() if line.startswith("ERROR:")]
    return f"The packages could not be installed. {errors[0] if errors else 'pip failed.'}"


def say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
