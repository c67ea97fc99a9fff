"""The kinds of news. Each app declares its own in `notification_kinds` of its AppConfig.

The mapping has the kind's name, which is stored, and the dotted path of its NotificationKind.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from core.registry import declared_by_apps
from workspaces.access import Can, may
from workspaces.models import Role, User

Facts = dict[str, Any]
# Who is told of a kind by default, by role.
NOBODY: frozenset[str] = frozenset()
OWNERS: frozenset[str] = frozenset({Role.OWNER})
OWNERS_AND_DOCTORS: frozenset[str] = frozenset({Role.OWNER, Role.DOCTOR})
EVERYBODY: frozenset[str] = frozenset(Role)


@dataclass(frozen=True)
class PushText:
    """What a push shows on a locked screen, so never the name or the words of a patient."""

    title: str
    body: str


def keep_facts(reader: User, facts: Facts) -> Facts:  # noqa: ARG001 - one of many builders
    return facts


def never(facts: Facts) -> bool:  # noqa: ARG001 - likewise
    return False


@dataclass(frozen=True)
class NotificationKind:
    """One kind of news.

    `refresh` brings the facts up to date when a mail or a push is sent. It returns None if there is
    nothing to tell by then. `template` is the mail's, and `build_context` prepares its context in
    the reader's language; it may return None as well. `attach` completes the mail
    and gets the same context.
    `permission` is what a member needs to be told. None is for what members ask for themselves:
    it is on no page of choices. `rank` orders that page.
    """

    label: str | Promise
    about: str | Promise
    permission: Can | None
    template: str
    push_text: Callable[[Facts], PushText]
    rank: int = 0
    mailed_by_default: frozenset[str] = NOBODY
    pushed_by_default: frozenset[str] = NOBODY
    is_urgent: Callable[[Facts], bool] = never
    refresh: Callable[[User, Facts], Facts | None] = keep_facts
    build_context: Callable[[User, Facts], Facts | None] = keep_facts
    attach: Callable[[EmailMultiAlternatives, User, Facts], None] | None = None
    name: str = ""  # as declared

    def may_be_told_to(self, user: User) -> bool:
        return user.is_active and (self.permission is None or may(user, self.permission))


@cache
def all_kinds() -> dict[str, NotificationKind]:
    """Return the kinds of all apps by their names, those of lower apps first."""
    declared = declared_by_apps("notification_kinds")
    return {name: replace(import_string(str(path)), name=name) for name, path in declared.items()}


def kinds_for(user: User) -> list[NotificationKind]:
    """Return the kinds that the user may choose, in the order of their page."""
    kinds = sorted(all_kinds().values(), key=lambda kind: kind.rank)
    return [kind for kind in kinds if kind.permission is not None and kind.may_be_told_to(user)]
