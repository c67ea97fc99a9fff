from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from core.ids import uuid7


def test_id_is_a_version_7_uuid() -> None:
    made = uuid7()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_ids_sort_by_creation() -> None:
    made = [uuid7() for _ in range(2_000)]
    milliseconds = [identifier.int >> 80 for identifier in made]

    assert milliseconds == sorted(milliseconds)
    assert sum(one > next_one for one, next_one in pairwise(made)) < len(made) * 0.02


def test_ids_are_unique_across_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(20_000)))

    assert len(set(made)) == len(made)
