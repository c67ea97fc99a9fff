"""Floor 5, the conversation: what was sent, what came back, and through whom."""

from messaging.models.conversation import CannedAnswer, Conversation
from messaging.models.costs import CostDay
from messaging.models.digest import Digest
from messaging.models.hidden import HiddenNumber
from messaging.models.inbound import InboundMessage, Intent, WebhookEvent
from messaging.models.insights import (
    DayTally,
    Facet,
    FailureTally,
    HourTally,
    StaleDay,
)
from messaging.models.message import Message, Status
from messaging.models.phone_code import PhoneCode
from messaging.models.recovery import Feedback, RecoveryStatus, RecoveryStep, Step
from messaging.models.sender import Sender, SenderStop
from messaging.models.sharing import Desk, DeskRating, Quote, QuoteWithdrawal, Report

__all__ = [
    "CannedAnswer",
    "Conversation",
    "CostDay",
    "DayTally",
    "Desk",
    "DeskRating",
    "Digest",
    "Facet",
    "FailureTally",
    "Feedback",
    "HiddenNumber",
    "HourTally",
    "InboundMessage",
    "Intent",
    "Message",
    "PhoneCode",
    "Quote",
    "QuoteWithdrawal",
    "RecoveryStatus",
    "RecoveryStep",
    "Report",
    "Sender",
    "SenderStop",
    "StaleDay",
    "Status",
    "Step",
    "WebhookEvent",
]
