"""How far an import is, told at every batch: beside the transaction, which nobody else sees."""

from dataclasses import asdict, dataclass

from django.core.cache import cache

from patients.models import Import

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Progress:
    """`stage` is "survey", "read" or "save"; without a total nobody knows how long it will take."""

    stage: str
    read: int
    total: int
    accepted: int
    refused: int
    per_second: float
    seconds_left: int | None


def tell(listed: Import, progress: Progress) -> None:
    cache.set(_key(listed), asdict(progress), timeout=KEPT_SECONDS)


def forget(listed: Import) -> None:
    cache.delete(_key(listed))


def progress(listed: Import) -> Progress | None:
    told = cache.get(_key(listed))
    return Progress(**told) if told else None


def _key(listed: Import) -> str:
    return f"import:{listed.pk}"
