"""A text that the reader of replies is not sure about, whatever it has learned meanwhile."""

from messaging.replies import read

_WRITTEN_IN_QUITO = (
    "Mmm ya con estos mensajes",
    "Demasiados mensajes",
    "Y estos mensajes?",
    "Otra vez sus mensajes...",
    "Qué pesados con los mensajes",
    "Me llegan muchos mensajes suyos",
)
DOUBTFUL = next(
    text
    for text in _WRITTEN_IN_QUITO
    if read(text).may_be_opt_out and read(text).intent == "other" and not read(text).off_scale
)
