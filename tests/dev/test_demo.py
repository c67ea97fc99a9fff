import io
import json
import os
import signal
import socket

import pytest

from config.embedded.locks import Lock
from dev.demo import __main__ as demo
from dev.demo.output import Output
from tests.local_servers import LocalServers, Process, eventually

# With less patience than the demo's own.
SUPERVISED = """
import json, os, signal, sys
from dev.demo import supervisor
from dev.demo.output import Output
supervisor.GRACE, supervisor.FIRST_PAUSE, supervisor.TICK = 0.5, 0.01, 0.01
commands = json.loads(sys.argv[1])
it = supervisor.Supervisor(Output(sys.stdout, ["demo", *commands]), os.environ)
it.stop_on(signal.SIGINT, signal.SIGTERM)
well = it.run(commands, lambda: None)
it.stop()
print("well" if well else "unwell", flush=True)
"""
SLEEPS = """python -c 'import time; print("up", flush=True); time.sleep(60)'"""
STUBBORN = """python -c 'import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork() and print("up", flush=True); time.sleep(60)'"""
DIES = """python -c 'print("no reason", end=""); exit(3)'"""


def supervise(place: LocalServers, **commands: str) -> Process:
    return place.start("-c", SUPERVISED, json.dumps(commands))


def read_until(process: Process, *lines: str) -> list[str]:
    """Read until each of these lines was printed. Return everything."""
    assert process.stdout
    said: list[str] = []
    for text in process.stdout:
        said.append(text.rstrip("\n"))
        if set(lines) <= set(said):
            return said
    raise AssertionError(f"{lines} never came: {said}")


def test_each_line_begins_with_the_name_of_its_process(place: LocalServers) -> None:
    supervisor = supervise(place, web=SLEEPS, worker=SLEEPS)
    read_until(supervisor, "web    │ up", "worker │ up")


def test_ctrl_c_ends_processes_that_ignore_signals(place: LocalServers) -> None:
    supervisor = supervise(place, web=SLEEPS, worker=STUBBORN)
    read_until(supervisor, "web    │ up", "worker │ up")
    supervisor.send_signal(signal.SIGINT)
    assert read_until(supervisor, "well")
    assert supervisor.wait(10) == 0
    assert not place.living()


def test_process_that_exits_is_restarted(place: LocalServers) -> None:
    supervisor = supervise(place, web=SLEEPS, worker=SLEEPS)
    read_until(supervisor, "web    │ up", "worker │ up")
    (first, *_) = place.living("-c import time")
    os.kill(first, signal.SIGKILL)
    said = read_until(supervisor, "web    │ up")
    assert "SIGKILL" in said[0]
    assert first not in place.living()


def test_process_that_exits_repeatedly_ends_the_demo(place: LocalServers) -> None:
    supervisor = supervise(place, web=SLEEPS, worker=DIES)
    said = read_until(supervisor, "unwell")
    assert said.count("worker │ no reason") == 6
    assert "demo   │ worker ended (code 3) again and again; its lines say why." in said
    supervisor.wait(10)
    assert not place.living()


def test_killed_supervisor_leaves_no_processes(place: LocalServers) -> None:
    supervisor = supervise(place, web=SLEEPS, worker=SLEEPS)
    read_until(supervisor, "web    │ up", "worker │ up")
    supervisor.kill()
    assert eventually(lambda: not place.living())


def test_demo_ends_when_its_output_is_closed(place: LocalServers) -> None:
    chatty = "python -c 'while print(\"still here\", flush=True) or True: pass'"
    supervisor = supervise(place, web=chatty)
    assert supervisor.stdout
    supervisor.stdout.readline()
    supervisor.stdout.close()
    assert eventually(lambda: not place.living())


@pytest.mark.parametrize("words", [[], ["reset"]])
def test_second_demo_and_reset_are_refused_while_one_runs(
    place: LocalServers, words: list[str]
) -> None:
    place.path.mkdir(mode=0o711)
    (place.path / "demo.address").write_text("http://localhost:8123")
    running = Lock(place.path / "demo.lock")
    running.take()
    second = place.start("-m", "dev.demo", *words)
    assert second.communicate(timeout=30)[0] == (
        "The demo already runs at http://localhost:8123: Ctrl-C there stops it.\n"
    )
    assert second.returncode == 1
    running.release()


@pytest.mark.parametrize(
    ("words", "sentence"), [([], "password everybody knows"), (["reset"], "not ours to empty")]
)
def test_demo_refuses_configured_servers(
    place: LocalServers, words: list[str], sentence: str
) -> None:
    refused = place.start("-m", "dev.demo", *words, DATABASE_URL="postgres://elsewhere/theirs")
    assert sentence in refused.communicate(timeout=30)[0]
    assert refused.returncode == 1


def test_reset_deletes_the_data(place: LocalServers) -> None:
    place.run("from config import embedded; embedded.ensure(); embedded.secret_key()")
    reset = place.start("-m", "dev.demo", "reset")
    assert reset.communicate(timeout=30)[0] == (
        "The demo's data is gone. `make demo` starts over.\n"
    )
    assert not place.living()
    assert {path.suffix for path in place.path.iterdir()} == {".lock"}


def test_used_port_is_skipped_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert demo.free_port(Output(screen, ["demo"]), "PORT", 8000) > port
    assert f"port {port} cannot be had" in screen.getvalue()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_invalid_port_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match="which is not a port"):
        demo.free_port(Output(io.StringIO(), ["demo"]), "PORT", 8000)
