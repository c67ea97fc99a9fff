"""A text that may be an opt-out, for tests of what happens then.

The first of these that the reader of replies is still unsure about, so that teaching it a wording
does not break those tests.
"""

from messaging.replies import read

_CANDIDATES = (
    "Mmm ya con estos mensajes",
    "Demasiados mensajes",
    "Y estos mensajes?",
    "Otra vez sus mensajes...",
    "Qué pesados con los mensajes",
    "Me llegan muchos mensajes suyos",
)
DOUBTFUL = next(
    text
    for text in _CANDIDATES
    if read(text).may_be_opt_out and read(text).intent == "other" and not read(text).off_scale
)
