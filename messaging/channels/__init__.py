"""The ways out. Each channel takes one composed message and says what became of it."""

from messaging.channels.protocol import Channel, Fate, Outcome, Outgoing, Trace

__all__ = ["Channel", "Fate", "Outcome", "Outgoing", "Trace"]
