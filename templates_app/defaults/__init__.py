"""The texts of a new workspace.

The SMS for numbers that receive no answers fits one GSM-7 segment with both of its links. That is
why it is so short, and has no á, í, ó, ú, ã or õ.
"""

from templates_app.defaults.english import ENGLISH
from templates_app.defaults.portuguese import PORTUGUESE
from templates_app.defaults.spanish import SPANISH
from templates_app.defaults.text import DefaultText

__all__ = ["DEFAULTS", "DefaultText", "is_ours"]

DEFAULTS: tuple[DefaultText, ...] = SPANISH + ENGLISH + PORTUGUESE

_OURS = frozenset((text.subject, text.content) for text in DEFAULTS)


def is_ours(*, subject: str, content: str) -> bool:
    """Return whether a text is exactly one of the defaults.

    A new clinic may send only such texts to patients. If a default is reworded, clinics that still
    have the earlier words are treated as if they had written them.
    """
    return (subject, content.replace("\r\n", "\n")) in _OURS
