"""The texts of a new workspace.

Everyone is asked the same thing. The one-way text message fits one GSM-7 segment with both of its
links, so it has no á, í, ó, ú, ã or õ, and says so little.
"""

from templates_app.defaults.english import ENGLISH
from templates_app.defaults.portuguese import PORTUGUESE
from templates_app.defaults.spanish import SPANISH
from templates_app.defaults.text import DefaultText

__all__ = ["DEFAULTS", "DefaultText", "is_ours"]

DEFAULTS: tuple[DefaultText, ...] = SPANISH + ENGLISH + PORTUGUESE

_OURS = frozenset((text.subject, text.content) for text in DEFAULTS)


def is_ours(*, subject: str, content: str) -> bool:
    """Return whether a text is one of these, to the letter.

    A new clinic may send only such texts to strangers. A clinic that was opened before a text here
    was reworded has the earlier words, which count as its own.
    """
    return (subject, content.replace("\r\n", "\n")) in _OURS
