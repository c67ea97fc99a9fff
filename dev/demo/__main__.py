"""`python -m dev.demo`: run the whole product until Ctrl-C. `reset` deletes its data."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from config import embedded
from config.embedded.locks import Lock
from config.embedded.places import make_private
from config.embedded.processes import ending_with_parent
from dev.demo import assistant, google
from dev.demo.output import Output
from dev.demo.supervisor import OWN_NAME, Supervisor
from dev.doubles.stripe.settings import SECRET_KEY, WEBHOOK_SECRET
from dev.doubles.twilio.settings import ACCOUNT_SID, AUTH_TOKEN, MAIL_SECRET

PREPARE = "python -m dev.demo.prepare"

# The processes. {port} is the port of the web server, {phones} and {mail} are those of the
# simulator, {payments}, {model}, {google} and {push} those of the doubles of Stripe, a language
# model, Google and a push service.
PROCESSES = {
    "phones": "python -m dev.doubles.twilio --port {phones} --smtp-port {mail}",
    "payments": "python -m dev.doubles.stripe --port {payments}",
    "model": "python -m dev.doubles.language_model --port {model}",
    "google": "python -m dev.doubles.google --port {google}",
    "push": "python -m dev.doubles.push --port {push}",
    "web": "python -m config.web --port {port} --threads 4 --grace 5",
    "worker": "python -m celery --quiet --app config.celery worker --concurrency 2"
    " --queues celery,external,webhooks,reviews --without-mingle --without-gossip"
    " --hostname worker@%h",
    "sender": "python -m celery --quiet --app config.celery worker --concurrency 1"
    " --queues send --without-mingle --without-gossip --hostname sender@%h",
    "importer": "python -m celery --quiet --app config.celery worker --concurrency 1"
    " --queues imports --without-mingle --without-gossip --hostname importer@%h",
    "beat": "python -m celery --quiet --app config.celery beat",
}

HOST = "127.0.0.1"
PORTS = {
    "port": ("PORT", 8000),
    "phones": ("SIMULATOR_PORT", 8010),
    "mail": ("SIMULATOR_SMTP_PORT", 8025),
    "payments": ("PAYMENTS_PORT", 8020),
    "model": ("LANGUAGE_MODEL_PORT", 8040),
    "google": ("GOOGLE_PORT", 8050),
    "push": ("PUSH_PORT", 8060),
}
WHATSAPP_TEMPLATES = "whatsapp-templates.json"
PAYMENTS = "payments.json"
CHECK_SERVERS_EVERY = 2

READY = """
  Reputation Manager is ready:  {site}
  The patients' phones:         {phones}
  Test payments:                {payments}, card 4242 4242 4242 4242
  Language model:               {model} (curl -X POST {model}/mode/slow)
  Google's reviews:             {google}
  Push service:                 {push} (docs/notifications.md)

    demo@reputationmanager.com         owner
    doctor@reputationmanager.com       doctor
    recepcion@reputationmanager.com    receptionist
    admin@reputationmanager.com        platform staff, at {site}/admin/

  The password of each is demo1234. Ctrl-C stops everything and keeps the data;
  `make demo-reset` forgets the data.
"""


def main() -> None:
    # Some lines are in Spanish, which a terminal with the locale C could not print.
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
    ports: dict[str, int] = {}
    for name, (variable, usual) in PORTS.items():
        ports[name] = free_port(output, variable, usual, taken=ports.values())
    site = f"http://localhost:{ports['port']}"
    address.write_text(site)
    supervisor = Supervisor(output, build_environment(site, ports))
    supervisor.stop_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    end_with_make()
    went_well = False
    try:
        output.line(OWN_NAME, "starting the servers and preparing the data; Ctrl-C stops")
        embedded.ensure()
        if supervisor.finish("setup", PREPARE):
            commands = {name: command.format(**ports) for name, command in PROCESSES.items()}
            went_well = supervisor.run(commands, Monitor(output, ports, site).check)
    finally:
        stop_everything(supervisor, output)
    if not went_well and not supervisor.asked_to_stop:
        raise SystemExit("The demo could not go on; the lines above say why.")


class Monitor:
    """Prints the addresses once the web server answers, and restarts the embedded servers."""

    def __init__(self, output: Output, ports: Mapping[str, int], site: str) -> None:
        self.output, self.port, self.site = output, ports["port"], site
        self.phones = f"http://localhost:{ports['phones']}"
        self.payments = f"http://localhost:{ports['payments']}"
        self.model = f"http://localhost:{ports['model']}"
        self.google = f"http://localhost:{ports['google']}"
        self.push = f"http://localhost:{ports['push']}"
        self.is_ready = False
        self.servers_checked_at = time.monotonic()

    def check(self) -> None:
        if not self.is_ready and web_server_answers(self.port):
            self.is_ready = True
            ready = READY.format(
                site=self.site,
                phones=self.phones,
                payments=self.payments,
                model=self.model,
                google=self.google,
                push=self.push,
            )
            self.output.plain(ready)
        if time.monotonic() - self.servers_checked_at > CHECK_SERVERS_EVERY:
            embedded.ensure()
            self.servers_checked_at = time.monotonic()


def stop_everything(supervisor: Supervisor, output: Output) -> None:
    if supervisor.asked_to_stop:
        output.line(OWN_NAME, "stopping")
    supervisor.stop()
    if embedded.is_on() and not embedded.stop():
        output.line(OWN_NAME, "the servers stay: another program of this checkout uses them")
    if supervisor.asked_to_stop:
        output.line(OWN_NAME, "stopped")


def free_port(output: Output, variable: str, usual: int, *, taken: Collection[int] = ()) -> int:
    wished = os.environ.get(variable) or str(usual)
    if not wished.isdecimal() or not 0 < int(wished) < 65536:  # noqa: PLR2004
        raise SystemExit(
            f"{variable} is {wished!r}, which is not a port: take a number like {usual}."
        )
    for port in range(int(wished), 65536):
        if port in taken:
            continue
        with socket.socket() as probe, suppress(OSError):
            # Without it a port that was closed a moment ago counts as used.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            if port != int(wished):
                output.line(OWN_NAME, f"port {wished} cannot be had; taking {port}")
            return port
    raise SystemExit(f"No port from {wished} on is free: set {variable} to another one.")


def build_environment(site: str, ports: Mapping[str, int]) -> Mapping[str, str]:
    return {
        **os.environ,
        "DEMO": "1",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_BASE_URL": f"http://{HOST}:{ports['phones']}",
        "TWILIO_INBOUND_URL": f"{site}/webhooks/twilio/inbound/",
        "WEBHOOKS_MAY_STAY_HERE": "1",
        "EMAIL_URL": f"smtp://{HOST}:{ports['mail']}",
        "BOUNCE_ADDRESS": "rebotes@localhost",
        "MAIL_REPORTS_SECRET": MAIL_SECRET,
        "SIMULATOR_MAIL_REPORTS_URL": f"{site}/webhooks/mail/report/",
        "SUPPORT_EMAIL": os.environ.get("SUPPORT_EMAIL", "ayuda@example.com"),
        "SIMULATOR_STATE": str(embedded.local() / "phones.json"),
        "SIMULATOR_CONTENTS": str(embedded.local() / WHATSAPP_TEMPLATES),
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        # By the name that its pages have: our Content-Security-Policy lets forms lead to no other.
        "STRIPE_API_BASE_URL": f"http://localhost:{ports['payments']}",
        "PAYMENTS_WEBHOOK_URL": f"{site}/webhooks/stripe/",
        "PAYMENTS_STATE": str(embedded.local() / PAYMENTS),
        **assistant.environment(ports["model"]),
        **google.environment(ports["google"], site),
        "SECRET_KEY": embedded.secret_key(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SITE_URL": site,
        "PYTHONUNBUFFERED": "1",
        # Celery warns at each start as root. That only matters where strangers can send tasks.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }


def web_server_answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end_with_make() -> None:
    """Stop when `make` is killed. Without make, go on when the shell ends."""
    if "MAKELEVEL" in os.environ and (begin := ending_with_parent(signal.SIGTERM)):
        begin()


if __name__ == "__main__":
    main()
