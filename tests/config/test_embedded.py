import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from tests.local_servers import LocalServers, Process, eventually

STOP = "from config import embedded; print(embedded.stop())"
RESET = "from config import embedded; embedded.reset()"


def is_running(user: Process) -> bool:
    assert user.stdout
    line = user.stdout.readline()
    # An error is the last line of its output.
    assert line == "here\n", line + user.stdout.read()
    return True


def ask_again(user: Process) -> bool:
    assert user.stdin
    user.stdin.write("\n")
    user.stdin.flush()
    return is_running(user)


def connect(role: str = "reputation") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(embedded.local() / "run"), port=5432, user=role, dbname="reputation"
    )


def test_urls_start_and_create_nothing(place: LocalServers) -> None:
    sockets = str(place.path / "run").replace("/", "%2F")
    assert embedded.database_url() == f"postgres://reputation@:5432/reputation?host={sockets}"
    assert embedded.owner_url() == f"postgres://reputation_owner@:5432/reputation?host={sockets}"
    assert embedded.redis_url() == f"unix://{place.path}/run/redis.sock?db=0"
    assert not place.path.exists()


def test_servers_are_closed_to_network_and_other_users(place: LocalServers) -> None:
    assert is_running(place.user())
    with connect() as database:
        assert database.execute("SHOW listen_addresses").fetchone() == ("",)
        assert database.execute("SELECT upper('maría')").fetchone() == ("MARÍA",)
    with redis.from_url(embedded.redis_url()) as client:
        assert client.info()["tcp_port"] == 0
    for name in ("run", "postgres"):
        assert (place.path / name).stat().st_mode & 0o777 == 0o700
    assert place.path.stat().st_mode & 0o066 == 0


def test_application_role_obeys_row_security() -> None:
    with connect() as database:
        roles = database.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles"
            " WHERE rolname LIKE 'reputation%' ORDER BY rolname"
        ).fetchall()
        owner = database.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'reputation'"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("CREATE TABLE mine ()")
    assert roles == [
        ("reputation", False, False, False),
        ("reputation_owner", False, False, True),
    ]
    assert owner == ("reputation_owner",)


def test_ten_concurrent_processes_start_one_pair_of_servers(place: LocalServers) -> None:
    users = [place.with_database().user(), *(place.user() for _ in range(9))]
    assert all(is_running(user) for user in users)
    assert len(place.living("config.embedded.keeper")) == 1
    assert len(place.living("bin/postgres -D")) == 1
    assert len(place.living("redis-server")) == 1


def test_servers_stop_after_last_user_ends(place: LocalServers) -> None:
    place.with_database()
    first, second = place.user(), place.user()
    assert is_running(first)
    assert is_running(second)
    first.kill()
    second.kill()
    assert place.living("redis-server")
    assert eventually(lambda: not place.living())


def test_forked_child_keeps_servers_running(place: LocalServers) -> None:
    place.with_database()
    parent = place.start(
        "-c",
        "import os, time; from config import embedded; embedded.ensure()\n"
        "if os.fork(): print('here', flush=True); os._exit(0)\ntime.sleep(60)",
    )
    assert is_running(parent)
    assert place.run(STOP) == "False\n"


def test_stop_and_reset_do_not_stop_used_servers(place: LocalServers) -> None:
    place.with_database()
    user = place.user()
    assert is_running(user)
    assert place.run(STOP) == "False\n"
    assert "in use" in place.run(RESET)
    connect().close()
    user.kill()
    user.wait()
    assert place.run(STOP) == "True\n"
    assert not place.living()


def test_servers_end_with_killed_keeper_and_are_restarted(place: LocalServers) -> None:
    place.with_database()
    user = place.user()
    assert is_running(user)
    with connect("reputation_owner") as database:
        database.execute("CREATE TABLE kept ()")
    (keeper,) = place.living("config.embedded.keeper")
    os.kill(keeper, signal.SIGKILL)
    # Wait, because a server that is still ending would accept a connection and then close it.
    assert eventually(lambda: not place.living("bin/postgres -D"))
    assert ask_again(user)
    assert place.living("config.embedded.keeper") != [keeper]
    with connect("reputation_owner") as database:
        assert database.execute("SELECT * FROM kept").fetchall() == []


def test_killed_server_is_restarted(place: LocalServers) -> None:
    place.with_database()
    user = place.user()
    assert is_running(user)
    # Not by its command line, which a child of it has too until it has started.
    postmaster = int((place.path / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert eventually(lambda: not place.living("config.embedded.keeper"))
    assert ask_again(user)
    connect().close()


def test_files_left_by_crash_are_removed(place: LocalServers) -> None:
    place.with_database()
    assert is_running(place.user())
    place.kill()
    assert eventually(lambda: not place.living())
    left = place.path / "postgres" / "postmaster.pid"
    _, *rest = left.read_text().splitlines(keepends=True)
    memory = rest[-2].split()[-1]
    # The pid of the dead server belongs to another process by now.
    left.write_text("".join([f"{os.getppid()}\n", *rest]))
    assert is_running(place.user())
    in_use = [line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
    assert memory not in in_use


def test_empty_pid_file_is_removed(place: LocalServers) -> None:
    (place.with_database().path / "postgres" / "postmaster.pid").touch()
    assert is_running(place.user())


def test_incomplete_database_is_created_again(place: LocalServers) -> None:
    place.path.mkdir(mode=0o711)
    (place.path / "postgres").mkdir()
    (place.path / "postgres.draft").mkdir()
    (place.path / "postgres.draft" / "PG_VERSION").write_text("16\n")
    assert is_running(place.user())


def test_damaged_data_gives_message_and_can_be_reset(place: LocalServers) -> None:
    place.path.mkdir(mode=0o711)
    (place.path / "postgres").mkdir()
    (place.path / "postgres" / "PG_VERSION").write_text("16\n")
    complaint = place.user().communicate(timeout=30)[0]
    assert "The embedded postgres did not start" in complaint
    assert "make demo-reset" in complaint
    assert "Traceback" not in complaint
    place.run(RESET)
    assert is_running(place.user())


def test_data_of_another_version_gives_message(place: LocalServers) -> None:
    place.path.mkdir(mode=0o711)
    (place.path / "postgres").mkdir()
    (place.path / "postgres" / "PG_VERSION").write_text("12\n")
    assert "is not a database of PostgreSQL 16" in place.user().communicate(timeout=30)[0]


def test_file_in_place_of_directory_gives_message(place: LocalServers) -> None:
    place.path.touch()
    complaint = place.user().communicate(timeout=30)[0]
    assert complaint.startswith(f"{place.path} cannot be used")
    assert "Traceback" not in complaint


def test_broken_link_gives_message(place: LocalServers) -> None:
    place.path.symlink_to(place.path.parent / "missing" / "folder")
    complaint = place.user().communicate(timeout=30)[0]
    assert "cannot be used" in complaint
    assert "Traceback" not in complaint


def test_servers_of_removed_directory_are_replaced(place: LocalServers) -> None:
    user = place.with_database().user()
    assert is_running(user)
    (keeper,) = place.living("config.embedded.keeper")
    place.path.rename(place.path.with_name("gone"))
    assert ask_again(user)
    assert eventually(lambda: keeper not in place.living())
    connect().close()


def test_unusable_checkout_uses_directory_outside(place: LocalServers) -> None:
    deep = place.path.with_name("a-folder-that-is-deep" * 4)
    deep.mkdir(mode=0o700)
    outside = place.run(
        "from config import embedded; embedded.ensure(); print(embedded.local(), end='')",
        REPUTATION_LOCAL=str(deep / ".local"),
    )
    assert Path(outside).name.startswith("reputation-")
    assert not (deep / ".local").exists()
    place.run(
        "import shutil; from config import embedded;"
        "embedded.stop(); shutil.rmtree(embedded.local())",
        REPUTATION_LOCAL=outside,
    )
    assert not Path(outside).exists()


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_servers_are_not_embedded_if_url_is_set(place: LocalServers, name: str) -> None:
    script = "from config import embedded; embedded.ensure(); print(embedded.is_on())"
    assert place.run(script, **{name: "redis://elsewhere"}) == "False\n"
    assert not place.path.exists()


@pytest.mark.parametrize(
    ("line", "is_on"),
    [
        ("DATABASE_URL=postgres://elsewhere", False),
        ("export REDIS_URL='redis://elsewhere'", False),
        ("DATABASE_URL=", True),
        ('REDIS_URL=""', True),
        ("#DATABASE_URL=postgres://elsewhere", True),
    ],
)
def test_url_may_be_set_in_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, is_on: bool
) -> None:
    (tmp_path / ".env").write_text(f"DEBUG=1\n{line}\n")
    monkeypatch.setattr(embedded, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert embedded.is_on() is is_on


def test_secret_key_is_created_once_and_is_private(place: LocalServers) -> None:
    script = "from config import embedded; print(embedded.secret_key())"
    asking = [place.start("-c", script) for _ in range(5)]
    keys = {process.communicate(timeout=30)[0] for process in asking}
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert (place.path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in place.path.iterdir()] == ["secret_key"]
