"""Ports, the URLs of webhooks and faults, from options or environment variables."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev.doubles.kit.refusing import YES, refuse_in_production
from dev.doubles.twilio.faults import KNOBS, Faults

# The demo's account, which does not look like a real one.
ACCOUNT_SID = "ACdecade00decade00decade00decade00"
AUTH_TOKEN = "simulated-auth-token"  # noqa: S105
MAIL_SECRET = "simulated-mail-secret"  # noqa: S105
INBOUND_URL = "http://localhost:8000/webhooks/twilio/inbound"


@dataclass(frozen=True, slots=True)
class Settings:
    port: int = 8010
    smtp_port: int = 8025
    account_sid: str = ACCOUNT_SID
    auth_token: str = AUTH_TOKEN
    inbound_url: str = INBOUND_URL
    mail_reports_url: str = ""
    mail_reports_secret: str = MAIL_SECRET
    advanced_opt_out: bool = False
    callbacks_at_once: int = 16
    keep: int = 100_000
    state: Path | None = None
    contents: Path | None = None
    sink: bool = False
    faults: Faults = field(default_factory=Faults)


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings. Exit with a message if one is invalid or this looks like production."""
    parser = _parser(environment)
    given = parser.parse_args(arguments)
    refuse_in_production(environment, name="simulator", whom="Twilio", is_test=given.i_am_a_test)
    values = vars(given)
    del values["i_am_a_test"]
    wished = {name: values.pop(name) for name in KNOBS}
    try:
        faults = Faults().changed({k: v for k, v in wished.items() if v is not None})
    except ValueError as error:
        raise SystemExit(str(error)) from None
    return Settings(faults=faults, **values)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev.doubles.twilio",
        description="Twilio, phones and mailboxes, pretended on this machine. Each option is also"
        " a variable: --smtp-port is SIMULATOR_SMTP_PORT. See docs/simulator.md.",
    )

    def option(name: str, variable: str = "", **more: object) -> None:
        variable = variable or "SIMULATOR_" + name.upper()
        if value := environment.get(variable):
            more["default"] = value
        parser.add_argument("--" + name.replace("_", "-"), **more)  # type: ignore[arg-type]  # checked by argparse

    def switch(name: str, what: str) -> None:
        wished = environment.get("SIMULATOR_" + name.upper(), "").lower() in YES
        option_name = "--" + name.replace("_", "-")
        parser.add_argument(option_name, action="store_true", default=wished, help=what)

    usual = Settings()
    option("port", type=int, default=usual.port, help="of the API and the phones")
    option("smtp_port", type=int, default=usual.smtp_port, help="of the mailbox")
    option("account_sid", "TWILIO_ACCOUNT_SID", default=usual.account_sid, help="whom it serves")
    option("auth_token", "TWILIO_AUTH_TOKEN", default=usual.auth_token, help="signs, and lets in")
    option("inbound_url", "TWILIO_INBOUND_URL", default=usual.inbound_url, help="hears replies")
    option("mail_reports_url", default="", help="hears of mails that bounce; without it none does")
    option("mail_reports_secret", "MAIL_REPORTS_SECRET", default=usual.mail_reports_secret)
    option("callbacks_at_once", type=int, default=usual.callbacks_at_once, help="at most")
    option("keep", type=int, default=usual.keep, help="messages that are remembered")
    option("state", type=Path, help="a file that keeps the phones over a restart")
    option("contents", type=Path, help="a JSON file with the texts of WhatsApp templates")
    switch("advanced_opt_out", "Messaging Services add OptOutType to what patients write")
    switch("sink", "only answer creates, as fast as possible")
    for knob in KNOBS.values():
        option(knob.name, help=knob.metadata["help"])
    parser.add_argument("--i-am-a-test", action="store_true", help="start without DEMO=1")
    return parser
