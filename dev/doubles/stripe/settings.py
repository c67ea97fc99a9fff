"""The port, the webhook's URL and the secrets, from options or environment variables."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.doubles.kit.refusing import refuse_in_production

# The demo's keys, which do not look like real ones.
SECRET_KEY = "sk_test_double"  # noqa: S105
WEBHOOK_SECRET = "whsec_double"  # noqa: S105
WEBHOOK_URL = "http://localhost:8000/webhooks/stripe/"


@dataclass(frozen=True, slots=True)
class Settings:
    port: int = 8020
    secret_key: str = SECRET_KEY
    webhook_secret: str = WEBHOOK_SECRET
    # Empty: events are not sent, and the test that runs the double delivers them itself.
    webhook_url: str = WEBHOOK_URL
    state: Path | None = None


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings. Exit with a message if this looks like production."""
    given = vars(_parser(environment).parse_args(arguments))
    is_test = given.pop("i_am_a_test")
    refuse_in_production(environment, name="double", whom="Stripe", is_test=is_test)
    settings = Settings(**given)
    if not settings.secret_key.startswith("sk_test_"):
        raise SystemExit("STRIPE_SECRET_KEY is no test key (sk_test_…): no double runs with it.")
    return settings


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dev.doubles.stripe",
        description="Stripe, pretended on this machine. See docs/payments.md.",
    )

    def option(name: str, variable: str, **more: object) -> None:
        if value := environment.get(variable):
            more["default"] = value
        parser.add_argument("--" + name.replace("_", "-"), **more)  # type: ignore[arg-type]  # checked by argparse

    usual = Settings()
    option("port", "PAYMENTS_PORT", type=int, default=usual.port, help="of the API and its pages")
    option("secret_key", "STRIPE_SECRET_KEY", default=usual.secret_key, help="whom it lets in")
    option(
        "webhook_secret",
        "STRIPE_WEBHOOK_SECRET",
        default=usual.webhook_secret,
        help="signs what it tells",
    )
    option("webhook_url", "PAYMENTS_WEBHOOK_URL", default=usual.webhook_url, help="whom it tells")
    option("state", "PAYMENTS_STATE", type=Path, help="a file that keeps all over a restart")
    parser.add_argument("--i-am-a-test", action="store_true", help="start without DEMO=1")
    return parser
