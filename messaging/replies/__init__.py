"""Read the texts that patients send us: a rating, an opt-out, an opt-in, or something for people.

Where to correct a wording:

- an opt-out that was not understood: `opt_out_phrases`; a doubtful one: `possible_opt_out_phrases`
- an opt-in: `opt_in`; a request for help: `help_requests`
- a question or a demand that a person must answer: `needs_person_phrases`
- a number that was taken for a rating, or was not: `rating_words`
- words that mean the same, used as `{name}` in all these tables: `word_groups`, `verb_forms`

`read` asks the local reader for what the rules do not understand: `second_reader`.
`patterns` explains how a phrase is written. docs/replies.md says how to test a change.
"""

from messaging.replies.reading import read, read_by_rules
from messaging.replies.reply_reading import Intent, ReplyReading

__all__ = [
    "Intent",
    "ReplyReading",
    "read",
    "read_by_rules",
]
