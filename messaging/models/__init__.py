"""Floor 5, the conversation: what was sent, what came back, and through whom."""

from messaging.models.inbound import Feedback, InboundMessage, Intent, RecoveryStatus, WebhookEvent
from messaging.models.message import Message, Status
from messaging.models.sender import Sender, SenderStop

__all__ = [
    "Feedback",
    "InboundMessage",
    "Intent",
    "Message",
    "RecoveryStatus",
    "Sender",
    "SenderStop",
    "Status",
    "WebhookEvent",
]
