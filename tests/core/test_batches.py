"""Rows are handled in batches, each from where the last one ended."""

from collections.abc import Sequence

import pytest

from core import sql


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 6, 7])
def test_batches_handle_every_row_once(rows: int) -> None:
    left, batches = list(range(rows)), list[list[int]]()

    def handle(last: int | None) -> Sequence[int]:
        assert last == (batches[-1][-1] if batches else None)
        batches.append([left.pop(0) for _ in range(min(3, len(left)))])
        return batches[-1]

    assert sql.handle_in_batches(handle, size=3) == rows
    assert [row for batch in batches for row in batch] == list(range(rows))
