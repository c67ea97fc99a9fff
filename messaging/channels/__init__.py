"""The ways out. Each channel takes one composed message and says what became of it."""

from messaging.channels.protocol import (
    ChannelClient,
    OutgoingMessage,
    ProviderTrace,
    SendOutcome,
    SendResult,
)

__all__ = [
    "ChannelClient",
    "OutgoingMessage",
    "ProviderTrace",
    "SendOutcome",
    "SendResult",
]
