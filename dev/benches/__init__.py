"""Benchmarks that compare the product with its limit in the same run: `manage.py bench NAME`.

A bench is a module here that is named in `NAMES`. It has `run(**options) -> list[Case]`, and
`arguments(parser)` where it has options of its own. It works on a database that it makes and drops,
so no rows of others are touched.
"""

from dataclasses import dataclass

NAMES = (
    "api",
    "dashboard",
    "dispatch",
    "fairness",
    "import",
    "inbox",
    "memory",
    "patients",
    "plans",
    "reviews",
    "understanding",
    "webhooks",
)
# `import` is a keyword of Python, so the module has another name.
MODULES = {"import": "importing"}


@dataclass(frozen=True)
class Case:
    """Our figure and the limit in the same unit, and the ratio that must hold."""

    case: str
    ours: float
    limit: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.limit

    @property
    def holds(self) -> bool:
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )

    @property
    def promise(self) -> str:
        bounds = {"at least": self.at_least, "at most": self.at_most}
        return ", ".join(f"{words} {bound}" for words, bound in bounds.items() if bound is not None)
