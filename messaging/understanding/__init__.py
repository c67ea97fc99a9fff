"""A second reader of patients' words: sentence embeddings on the CPU and small trained heads.

It needs no account and no network. `classify` is the only call. Where the package of the
embeddings is not installed, `classify` finds nothing and the rules of `messaging.replies` read
alone. docs/understanding.md explains the labels and how to correct them.
"""

from messaging.understanding.classify import (
    Label,
    Understanding,
    beginning,
    classify,
    is_available,
    version,
)

__all__ = ["Label", "Understanding", "beginning", "classify", "is_available", "version"]
