"""Add patients whose numbers the provider refuses with codes that might pause a shared sender."""

from datetime import timedelta
from threading import Event
from typing import LiteralString

from django.utils import timezone

from tests.attacks.product import SENDER, Product
from tests.attacks.results import AttackResult
from tests.chaos import record
from tests.factories import PatientFactory

SECONDS_BETWEEN = 0.5
# The simulator reads the last digits: country not enabled, region not reachable, no mobile.
ENDINGS = ("0013", "0014", "0012")

PAUSED: LiteralString = "SELECT paused_at FROM messaging_sender WHERE address = %s"
REFUSED: LiteralString = """
SELECT error_code FROM messaging_message WHERE workspace_id = %s AND status = 'FAILED'
"""


def attack_with_numbers(product: Product, over: Event) -> list[AttackResult]:
    """Add such patients until the end, and check that the shared sender is never paused."""
    clinic = product.attacker
    tried = pauses = 0
    while not over.wait(SECONDS_BETWEEN):
        PatientFactory.create(
            workspace=clinic.workspace,
            campaign=clinic.campaign,
            phone=f"+5939{8000 + tried}{ENDINGS[tried % len(ENDINGS)]}",
            appointment_time=timezone.now() - timedelta(hours=3),
        )
        tried += 1
        pauses += record.fetch_column(PAUSED, SENDER) != [None]
    refused = record.fetch_column(REFUSED, clinic.workspace.pk)
    return [
        AttackResult(
            "numbers that pause a sender",
            f"{tried} patients of one clinic with codes {', '.join(sorted(set(refused)))}",
            held=pauses == 0 and bool(refused),
            evidence=f"{len(refused)} refused by the provider; shared sender paused {pauses} times",
        )
    ]
