"""What is kept for how long: each app declares rules, and `messaging.privacy.retention` runs them.

The periods that a clinic chooses, with their defaults and their shortest values, are fields of
`workspaces.models.Workspace`. Fixed periods are in the module of each rule.

An AppConfig has a mapping `retention_rules` of names to the dotted paths of its rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.module_loading import import_string

from core.registry import declared_by_apps


class KeepsData(Protocol):
    """A workspace with the periods of its settings. It need not be saved."""

    @property
    def pk(self) -> Any: ...

    @property
    def keep_messages_days(self) -> int: ...

    @property
    def keep_patients_days(self) -> int: ...


@dataclass(frozen=True)
class RetentionRule:
    """One kind of row that is kept too long at some point.

    `count` says how many rows `delete` would delete, within the workspace's tenancy. Without it the
    rule runs and nobody is told. `delete` opens the doors itself, one for each batch, so that a
    killed run loses nothing; two runs at once do no harm.
    """

    label: str
    count: Callable[[KeepsData, datetime], int] | None
    delete: Callable[[KeepsData, datetime], int]


def retention_rules() -> dict[str, RetentionRule]:
    """Return the rules of all apps by their names, those of lower apps first."""
    declared = declared_by_apps("retention_rules")
    return {name: import_string(str(path)) for name, path in declared.items()}
