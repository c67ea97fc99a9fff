"""What a patient's text means: a rating, a wish to hear no more, or something for people."""

from messaging.replies.reading import Intent, ReplyReading, read

__all__ = [
    "Intent",
    "ReplyReading",
    "read",
]
