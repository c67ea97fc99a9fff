from collections.abc import Iterator

from patients.models import Import


def chunks(listed: Import) -> Iterator[bytes]:
    raise NotImplementedError
