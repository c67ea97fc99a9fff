"""Patients whose numbers the provider refuses with codes that could stop a shared sender."""

from datetime import timedelta
from threading import Event
from typing import LiteralString

from django.utils import timezone

from tests.attacks.stage import SENDER, Stage
from tests.attacks.table import Row
from tests.chaos import record
from tests.factories import PatientFactory

SECONDS_BETWEEN = 0.5
# By the last digits of a number: country not enabled, not reachable from here, not a mobile.
ENDINGS = ("0013", "0014", "0012")

PAUSED: LiteralString = "SELECT paused_at FROM messaging_sender WHERE address = %s"
REFUSED: LiteralString = """
SELECT error_code FROM messaging_message WHERE workspace_id = %s AND status = 'FAILED'
"""


def attack_with_numbers(stage: Stage, over: Event) -> list[Row]:
    clinic = stage.attacker
    tried = pauses = 0
    while not over.wait(SECONDS_BETWEEN):
        PatientFactory.create(
            workspace=clinic.workspace,
            campaign=clinic.campaign,
            phone=f"+5939{8000 + tried}{ENDINGS[tried % len(ENDINGS)]}",
            appointment_time=timezone.now() - timedelta(hours=3),
        )
        tried += 1
        pauses += record.column(PAUSED, SENDER) != [None]
    refused = record.column(REFUSED, clinic.workspace.pk)
    return [
        Row(
            "numbers that pause a sender",
            f"{tried} patients of one clinic with codes {', '.join(sorted(set(refused)))}",
            held=pauses == 0 and bool(refused),
            evidence=f"{len(refused)} refused by the provider; shared sender paused {pauses} times",
        )
    ]
