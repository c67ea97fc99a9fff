"""Every fixed text that patients read: `pages`, `mails` and `messages`.

Members read the interface through Django's catalogues. Patients' texts are tables instead, because
they follow the patient's language and not the request's, and patients have Portuguese as well.
What a clinic may change is not here but in `templates_app`.
"""

from collections.abc import Mapping
from typing import TypeVar

DEFAULT_LANGUAGE = "es"

T = TypeVar("T")


def in_language(texts: Mapping[str, T], language: str) -> T:
    """Return the entry for this language, or the Spanish one when there is none."""
    return texts.get(language, texts[DEFAULT_LANGUAGE])
