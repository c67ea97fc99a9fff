"""The rows of a clinic's history, collected first and then inserted table by table."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from billing.models import CreditEntry
from campaigns.models import Campaign
from core.models import AuditEvent
from dev.demo_data.rows import insert_rows
from messaging.models import (
    Conversation,
    Feedback,
    InboundMessage,
    Message,
    RecoveryStep,
    SenderStop,
)
from patients.models import Import, ImportProblem, Patient, Suppression


@dataclass
class History:
    """The lists are in the order in which the tables can be filled."""

    campaigns: list[Campaign] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    stops: list[SenderStop] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    inbound: list[InboundMessage] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    steps: list[RecoveryStep] = field(default_factory=list)
    entries: list[CreditEntry] = field(default_factory=list)
    events: list[AuditEvent] = field(default_factory=list)

    def write(self) -> None:
        for rows in self.tables():
            insert_rows(rows)

    def tables(self) -> Iterator[list[Model]]:
        yield from vars(self).values()
