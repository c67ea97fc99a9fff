"""Read the texts that patients send us: a rating, an opt-out, an opt-in, or something for people.

The words and phrases are in the folder `phrases`, whose README.md says where to correct a wording
and how a phrase is written. docs/replies.md says how to test a change.
`read` asks the local reader for what the rules do not understand: `second_reader`.
"""

from messaging.replies.reading import read, read_by_rules
from messaging.replies.reply_reading import Intent, ReplyReading

__all__ = [
    "Intent",
    "ReplyReading",
    "read",
    "read_by_rules",
]
