"""Where it listens: an option, or a variable by the same name."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dev.doubles.kit.refusing import refuse_in_production


@dataclass(frozen=True, slots=True)
class Settings:
    port: int = 8060


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Exit with a message where this looks like production."""
    parser = argparse.ArgumentParser(
        prog="python -m dev.doubles.push",
        description="A push service of browsers, on this machine. See docs/notifications.md.",
    )
    port = environment.get("PUSH_PORT") or Settings().port
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--i-am-a-test", action="store_true", help="start without DEMO=1")
    given = vars(parser.parse_args(arguments))
    is_test = given.pop("i_am_a_test")
    refuse_in_production(environment, name="double", whom="a push service", is_test=is_test)
    return Settings(**given)
