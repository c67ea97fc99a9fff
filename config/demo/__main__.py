"""`python -m config.demo`: the whole product on one machine, until Ctrl-C. `reset` forgets it."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from config import embedded
from config.demo.output import Output
from config.demo.supervisor import OWN_NAME, Supervisor
from config.embedded.locks import Lock
from config.embedded.places import make_private
from config.embedded.processes import ending_with_parent

PREPARE = "python -m config.demo.prepare"

# Everything that runs; {port} is the web server's.
PROCESSES = {
    "web": "python -m granian --interface wsgi --port {port} --blocking-threads 4"
    " --workers-kill-timeout 5 --log-level warning config.wsgi:application",
    "worker": "python -m celery --quiet --app config.celery worker --concurrency 2"
    " --without-mingle --without-gossip",
    "beat": "python -m celery --quiet --app config.celery beat",
}

HOST = "127.0.0.1"
FIRST_PORT = 8000
LOOK_AFTER_SERVERS = 2

READY = """
  Reputation Manager is ready:  {site}

    demo@reputationmanager.com         owner
    doctor@reputationmanager.com       doctor
    recepcion@reputationmanager.com    receptionist
    admin@reputationmanager.com        the platform's staff, at {site}/admin/

  The password of each is demo1234. Ctrl-C stops everything and keeps the data;
  `make demo-reset` forgets the data.
"""


def main() -> None:
    # Lines in Spanish, whatever the terminal's locale says of itself.
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    place = make_private(embedded.local())
    only_one, address = Lock(place / "demo.lock"), place / "demo.address"
    if not only_one.take_within(seconds=0.5):
        where = f" at {address.read_text()}" if address.exists() else ""
        raise SystemExit(f"The demo already runs{where}: Ctrl-C there stops it.")
    if sys.argv[1:] == ["reset"]:
        reset()
    elif embedded.is_on() or os.environ.get("DEMO"):
        start(address)
    else:
        raise SystemExit(
            "DATABASE_URL or REDIS_URL is set, and the demo would add accounts there whose password"
            " everybody knows. If that is what you want: DEMO=1 make demo"
        )


def reset() -> None:
    if not embedded.is_on():
        raise SystemExit("DATABASE_URL or REDIS_URL is set: those servers are not ours to empty.")
    embedded.reset()
    print("The demo's data is gone. `make demo` starts over.")  # noqa: T201


def start(address: Path) -> None:
    output = Output(sys.stdout, [OWN_NAME, *PROCESSES])
    port = free_port(output)
    site = f"http://localhost:{port}"
    address.write_text(site)
    supervisor = Supervisor(output, environment(site))
    supervisor.stop_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    end_with_make()
    went_well = False
    try:
        output.line(OWN_NAME, "starting the servers and preparing the data; Ctrl-C stops")
        embedded.ensure()
        if supervisor.finish("setup", PREPARE):
            commands = {name: command.format(port=port) for name, command in PROCESSES.items()}
            went_well = supervisor.run(commands, Lookout(output, port, site).look)
    finally:
        leave(supervisor, output)
    if not went_well and not supervisor.asked_to_stop:
        raise SystemExit("The demo could not go on; the lines above say why.")


class Lookout:
    """Looks after what the processes need: says once when it is ready, and heals the servers."""

    def __init__(self, output: Output, port: int, site: str) -> None:
        self.output, self.port, self.site = output, port, site
        self.is_ready = False
        self.servers_seen = time.monotonic()

    def look(self) -> None:
        if not self.is_ready and answers(self.port):
            self.is_ready = True
            self.output.plain(READY.format(site=self.site))
        if time.monotonic() - self.servers_seen > LOOK_AFTER_SERVERS:
            embedded.ensure()
            self.servers_seen = time.monotonic()


def leave(supervisor: Supervisor, output: Output) -> None:
    if supervisor.asked_to_stop:
        output.line(OWN_NAME, "stopping")
    supervisor.stop()
    if embedded.is_on() and not embedded.stop():
        output.line(OWN_NAME, "the servers stay: another program of this checkout uses them")
    if supervisor.asked_to_stop:
        output.line(OWN_NAME, "stopped")


def free_port(output: Output) -> int:
    wished = os.environ.get("PORT") or str(FIRST_PORT)
    if not wished.isdecimal() or not 0 < int(wished) < 65536:  # noqa: PLR2004
        raise SystemExit(f"PORT is {wished!r}, which is not a port: take a number like 8000.")
    for port in range(int(wished), 65536):
        with socket.socket() as probe, suppress(OSError):
            # A port that was used a moment ago is free; one that is listened on is not.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            if port != int(wished):
                output.line(OWN_NAME, f"port {wished} cannot be had; taking {port}")
            return port
    raise SystemExit(f"No port from {wished} on is free: set PORT to another one.")


def environment(site: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "DEMO": "1",
        "SECRET_KEY": embedded.secret_key(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SITE_URL": site,
        "PYTHONUNBUFFERED": "1",
        # As root it would say so at each start; that matters where strangers send tasks.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end_with_make() -> None:
    """`make` that is killed cannot tell us; a shell that ends is no reason to stop."""
    if "MAKELEVEL" in os.environ and (begin := ending_with_parent(signal.SIGTERM)):
        begin()


if __name__ == "__main__":
    main()
