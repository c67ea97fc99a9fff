"""How far an import is. In the cache, because nobody sees its transaction before the commit."""

from dataclasses import asdict, dataclass

from django.core.cache import cache

from patients.models import Import

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Progress:
    """`stage` is "survey", "read" or "save". Without a total, `seconds_left` is None."""

    stage: str
    read: int
    total: int
    accepted: int
    refused: int
    per_second: float
    seconds_left: int | None


def store(listed: Import, progress: Progress) -> None:
    cache.set(_key(listed), asdict(progress), timeout=KEPT_SECONDS)


def forget(listed: Import) -> None:
    cache.delete(_key(listed))


def load(listed: Import) -> Progress | None:
    stored = cache.get(_key(listed))
    return Progress(**stored) if stored else None


def _key(listed: Import) -> str:
    return f"import:{listed.pk}"
