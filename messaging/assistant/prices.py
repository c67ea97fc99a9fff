"""What tokens of the model cost. A dollar per million tokens is a micro-USD per token."""

import tomllib
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from django.conf import settings

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class TokenPrices:
    """US dollars per million tokens."""

    input: Decimal
    output: Decimal

    def cost(self, *, input_tokens: int, output_tokens: int) -> int:
        """Return the price of these tokens in micro-USD, rounded up."""
        exact = self.input * input_tokens + self.output * output_tokens
        return int(exact.to_integral_value(ROUND_UP))


def find_prices() -> TokenPrices | None:
    """Return the prices of the model in the settings, or None if nobody has set any."""
    try:
        if settings.AI_INPUT_PRICE and settings.AI_OUTPUT_PRICE:
            return TokenPrices(Decimal(settings.AI_INPUT_PRICE), Decimal(settings.AI_OUTPUT_PRICE))
    except InvalidOperation:
        return None
    listed = _price_list().get(settings.AI_PROVIDER, {}).get(settings.AI_MODEL)
    return TokenPrices(Decimal(listed["input"]), Decimal(listed["output"])) if listed else None


@cache
def _price_list() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
