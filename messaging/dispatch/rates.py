"""Limit the rate of each sender, with a token bucket that all workers share.

The bucket holds the tokens of one second.
"""

from uuid import UUID

from core import token_buckets


def take_tokens(sender_id: UUID, *, rate: float, want: int) -> int:
    """Take up to `want` tokens. Return how many the rate allows now."""
    return token_buckets.take(_key(sender_id), rate=rate, room=max(rate, 1), want=want).tokens


def give_back_tokens(sender_id: UUID, tokens: int) -> None:
    """Return tokens that were not used."""
    token_buckets.give_back(_key(sender_id), tokens)


def _key(sender_id: UUID) -> str:
    return f"rate:{sender_id}"
