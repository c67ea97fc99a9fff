"""Channels: each hands one composed message to its provider and returns the outcome."""

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
