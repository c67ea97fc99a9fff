"""Where it listens and how it behaves: options, or variables by the same name."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dev.doubles.kit.refusing import refuse_in_production

# The demo's key; no real one looks like it.
API_KEY = "key-of-the-double"
MODEL = "double-1"


class Mode(StrEnum):
    GOOD = "good"
    SLOW = "slow"  # answers after `slow_seconds`
    DRIPPING = "dripping"  # sends a byte now and then, so that no time-out for silence ends it
    REFUSING = "refusing"
    RAMBLING = "rambling"  # text without JSON, cut at the limit
    INJECTED = "injected"  # does what a hostile patient wrote: links, phones, the instructions
    REVEALING = "revealing"  # thanks the writer of a review for the visit
    REVEALING_ONCE = "revealing_once"  # the same, then good
    EXPENSIVE = "expensive"  # bills a million tokens
    BROKEN = "broken"  # JSON that ends in the middle
    OTHER_SCHEMA = "other_schema"
    EMPTY = "empty"  # a response without the fields that both APIs always send
    BUSY = "busy"  # 429
    BUSY_ONCE = "busy_once"  # 429, then good
    FAILING = "failing"  # 500
    UNAUTHORIZED = "unauthorized"  # 401
    REDIRECTING = "redirecting"  # 307, to itself


@dataclass(frozen=True, slots=True)
class Settings:
    port: int = 8040
    mode: Mode = Mode.GOOD
    slow_seconds: float = 60


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Exit with a message where this looks like production."""
    usual = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m dev.doubles.language_model",
        description="A language model's provider, on this machine. See docs/assistant.md.",
    )
    port = environment.get("LANGUAGE_MODEL_PORT") or usual.port
    parser.add_argument("--port", type=int, default=port, help="of both APIs")
    parser.add_argument("--mode", type=Mode, choices=list(Mode), default=usual.mode)
    parser.add_argument("--slow-seconds", type=float, default=usual.slow_seconds)
    parser.add_argument("--i-am-a-test", action="store_true", help="start without DEMO=1")
    given = vars(parser.parse_args(arguments))
    is_test = given.pop("i_am_a_test")
    refuse_in_production(
        environment, name="double", whom="a language model’s provider", is_test=is_test
    )
    return Settings(**given)
