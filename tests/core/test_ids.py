from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from core.ids import uuid7


def test_id_is_a_version_7_uuid() -> None:
    created = uuid7()

    assert (created.version, created.variant) == (7, "specified in RFC 4122")


def test_ids_sort_by_creation() -> None:
    created = [uuid7() for _ in range(2_000)]
    milliseconds = [identifier.int >> 80 for identifier in created]

    assert milliseconds == sorted(milliseconds)
    assert sum(id_ > next_id for id_, next_id in pairwise(created)) < len(created) * 0.02


def test_ids_are_unique_across_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda _: uuid7(), range(20_000)))

    assert len(set(created)) == len(created)
