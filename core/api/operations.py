"""What can be done at an address: who may, and what goes in and comes out. Checked at each call,
and told in the description."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.api.reading import Told


@dataclass(frozen=True)
class Operation:
    """`name` is what a generated client calls it; a `permission` is of whoever the key acts as."""

    name: str
    summary: str
    scope: str | None = None
    permission: str | None = None
    takes: Told | None = None
    answers: Told | None = None
    is_list: bool = False
    status: int = 200
    # Of other answers than the usual one, such as 201 beside 200.
    also: Mapping[int, Told | None] = field(default_factory=dict)
    # Whether it can be refused for how things stand.
    may_conflict: bool = False
