"""Benchmarks, each beside its limit in the same run: `manage.py bench NAME`.

A bench is a module here that is named in `NAMES`. It has `run(**options) -> list[Case]`, and
`arguments(parser)` where it has options of its own. It works on a database that it makes and drops,
so nobody's rows are touched.
"""

from dataclasses import dataclass

NAMES = ("webhooks",)


@dataclass(frozen=True)
class Case:
    """What we reach and what there is to reach, in the same unit; more is better."""

    case: str
    ours: float
    limit: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.ours / self.limit
