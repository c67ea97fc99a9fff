"""Read the texts that patients send us: a rating, an opt-out, an opt-in, or something for people.

The words and phrases are in the folder `phrases`, whose README.md says where to correct a wording
and how a phrase is written. docs/replies.md says how to test a change.
"""

from messaging.replies.reading import Intent, ReplyReading, read

__all__ = [
    "Intent",
    "ReplyReading",
    "read",
]
