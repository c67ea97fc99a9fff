"""The texts of a new workspace.

Everyone is asked the same thing. The one-way text message fits one GSM-7 segment with both of its
links, so it has no á, í, ó, ú, ã or õ, and says so little.
"""

from templates_app.defaults.english import ENGLISH
from templates_app.defaults.portuguese import PORTUGUESE
from templates_app.defaults.spanish import SPANISH
from templates_app.defaults.text import DefaultText

__all__ = ["DEFAULTS", "DefaultText"]

DEFAULTS: tuple[DefaultText, ...] = SPANISH + ENGLISH + PORTUGUESE
