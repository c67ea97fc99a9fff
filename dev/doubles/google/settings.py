"""Where it listens, for whom, and its faults: options, or variables by the same name."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev.doubles.google.faults import KNOBS, Faults
from dev.doubles.kit.refusing import refuse_in_production

# The demo's; no real ones look like them.
CLIENT_ID = "610000000017-double.apps.googleusercontent.com"
CLIENT_SECRET = "secret-of-the-double"  # noqa: S105
TOPIC = "projects/double-of-google/topics/reviews"
PUSH_EMAIL = "pubsub@double-of-google.iam.gserviceaccount.com"
PUSH_URL = "http://localhost:8000/webhooks/google/"


@dataclass(frozen=True, slots=True)
class Settings:
    port: int = 8050
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    topic: str = TOPIC
    # Without it nothing is pushed.
    push_url: str = PUSH_URL
    # Without it the audience is the address, as at Pub/Sub.
    push_audience: str = ""
    push_email: str = PUSH_EMAIL
    state: Path | None = None
    faults: Faults = field(default_factory=Faults)


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings. Exit with a message if one is invalid or this looks like production."""
    values = vars(_parser(environment).parse_args(arguments))
    is_test = values.pop("i_am_a_test")
    refuse_in_production(environment, name="double", whom="Google", is_test=is_test)
    wished = {name: values.pop(name) for name in KNOBS}
    try:
        faults = Faults().changed({k: v for k, v in wished.items() if v is not None})
    except ValueError as error:
        raise SystemExit(str(error)) from None
    return Settings(faults=faults, **values)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev.doubles.google",
        description="Google's OAuth, Business Profile APIs and public pages, on this machine. Each"
        " option is also a variable: --rate-429 is GOOGLE_RATE_429. See docs/google.md.",
    )

    def option(name: str, variable: str = "", **more: object) -> None:
        if value := environment.get(variable or "GOOGLE_" + name.upper()):
            more["default"] = value
        parser.add_argument("--" + name.replace("_", "-"), **more)  # type: ignore[arg-type]  # checked by argparse

    usual = Settings()
    option("port", type=int, default=usual.port, help="of the APIs and the pages")
    option("client_id", "GOOGLE_BUSINESS_CLIENT_ID", default=usual.client_id)
    option("client_secret", "GOOGLE_BUSINESS_CLIENT_SECRET", default=usual.client_secret)
    option("topic", "GOOGLE_BUSINESS_TOPIC", default=usual.topic, help="whose pushes it delivers")
    option("push_url", default=usual.push_url, help="hears of new and changed reviews")
    option("push_audience", "GOOGLE_BUSINESS_PUSH_AUDIENCE", default=usual.push_audience)
    option("push_email", "GOOGLE_BUSINESS_PUSH_EMAIL", default=usual.push_email)
    option("state", type=Path, help="a file that keeps everything over a restart")
    for knob in KNOBS.values():
        option(knob.name, help=knob.metadata["help"])
    parser.add_argument("--i-am-a-test", action="store_true", help="start without DEMO=1")
    return parser
