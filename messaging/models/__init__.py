"""Messages to patients, their answers, and the senders."""

from messaging.models.assistant import (
    AssistantCall,
    AssistantFeature,
    AssistantOutcome,
    AssistantSettings,
    AssistantSummary,
)
from messaging.models.attachment import AttachmentStatus, InboundAttachment
from messaging.models.conversation import CannedAnswer, Conversation, ConversationNote
from messaging.models.costs import CostDay
from messaging.models.hidden_number import HiddenNumber
from messaging.models.inbound import InboundMessage, Intent
from messaging.models.message import Message, MessageStatus
from messaging.models.phone_code import PhoneCode
from messaging.models.quote import Quote, QuoteWithdrawal
from messaging.models.recovery import Feedback, RecoveryStatus, RecoveryStep, RecoveryStepKind
from messaging.models.sender import Sender, SenderStop
from messaging.models.text_labels import (
    Sentiment,
    TextLabels,
    TextSource,
    Topic,
    Urgency,
)

__all__ = [
    "AssistantCall",
    "AssistantFeature",
    "AssistantOutcome",
    "AssistantSettings",
    "AssistantSummary",
    "AttachmentStatus",
    "CannedAnswer",
    "Conversation",
    "ConversationNote",
    "CostDay",
    "Feedback",
    "HiddenNumber",
    "InboundAttachment",
    "InboundMessage",
    "Intent",
    "Message",
    "MessageStatus",
    "PhoneCode",
    "Quote",
    "QuoteWithdrawal",
    "RecoveryStatus",
    "RecoveryStep",
    "RecoveryStepKind",
    "Sender",
    "SenderStop",
    "Sentiment",
    "TextLabels",
    "TextSource",
    "Topic",
    "Urgency",
]
