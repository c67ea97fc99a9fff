from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from messaging.assistant import prices


@register
def check_model_has_a_price(**_options: Any) -> Sequence[CheckMessage]:
    """Say that the assistant stays off where its calls could not be held to a budget."""
    if not settings.AI_PROVIDER or prices.find_prices():
        return []
    return [
        Warning(
            f"The assistant is off: nobody has said what tokens of {settings.AI_MODEL} cost.",
            hint="Set AI_INPUT_PRICE and AI_OUTPUT_PRICE; 0 for a server of your own.",
            id="messaging.W002",
        )
    ]
