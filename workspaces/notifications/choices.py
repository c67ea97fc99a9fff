"""What members have chosen to be told, and how."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from workspaces.models import NotificationChoice, QuietHours, User
from workspaces.notifications.kinds import NotificationKind, all_kinds
from workspaces.notifications.quiet_hours import QuietTimes


@dataclass(frozen=True)
class Channels:
    """How a member is told of one kind."""

    by_mail: bool
    by_push: bool

    def __str__(self) -> str:
        """Return what the audit trail shows."""
        names = [("e-mail", self.by_mail), ("push", self.by_push)]
        return " + ".join(name for name, is_on in names if is_on) or "-"


def default_channels(kind: NotificationKind, user: User) -> Channels:
    return Channels(user.role in kind.mailed_by_default, user.role in kind.pushed_by_default)


def read_channels(
    kinds: Collection[NotificationKind], users: Collection[User]
) -> dict[tuple[User, str], Channels]:
    """Return the channels of each of these users for each kind, with one query."""
    rows = NotificationChoice.objects.filter(
        user__in=users, kind__in=[kind.name for kind in kinds]
    ).values_list("user_id", "kind", "by_mail", "by_push")
    chosen = {(user_id, kind): Channels(mail, push) for user_id, kind, mail, push in rows}
    return {
        (user, kind.name): chosen.get((user.pk, kind.name)) or default_channels(kind, user)
        for user in users
        for kind in kinds
    }


def channels_of(user: User, kind_name: str) -> Channels:
    """Return how a user is told of this kind now: not at all without the permission for it."""
    kind = all_kinds()[kind_name]
    if not kind.may_be_told_to(user):
        return Channels(by_mail=False, by_push=False)
    return read_channels([kind], [user])[user, kind_name]


def those_who_chose(kind_name: str) -> QuerySet[User]:
    """Return the users who turned a kind on that is off for everyone by default.

    It starts at their few choices and not at all users. The caller checks the permission.
    """
    chosen = NotificationChoice.objects.filter(Q(by_mail=True) | Q(by_push=True), kind=kind_name)
    return User.objects.filter(is_active=True, pk__in=chosen.values("user"))


def read_quiet_times(users: Collection[User]) -> dict[User, QuietTimes]:
    rows = {row.user_id: row for row in QuietHours.objects.filter(user__in=users)}
    return {user: QuietTimes.of(rows.get(user.pk)) for user in users}


@transaction.atomic
def change_choices(
    *, user: User, channels: Mapping[str, Channels], quiet: QuietTimes | None = None
) -> None:
    """Store the choices of a user, made by themselves. Choices for other kinds stay."""
    # Two windows of one person write one after the other.
    User.objects.select_for_update().get(pk=user.pk)
    kinds = [all_kinds()[name] for name in channels]
    current = read_channels(kinds, [user])
    changed = {name: new for name, new in channels.items() if current[user, name] != new}
    for name, new in changed.items():
        NotificationChoice.objects.update_or_create(
            workspace=user.workspace, user=user, kind=name, defaults=vars(new)
        )
    old = {name: str(current[user, name]) for name in changed}
    new_words = {name: str(new) for name, new in changed.items()}
    if quiet and (before := read_quiet_times([user])[user]) != quiet:
        QuietHours.objects.update_or_create(
            workspace=user.workspace, user=user, defaults=vars(quiet)
        )
        old["quiet_hours"], new_words["quiet_hours"] = _words(before), _words(quiet)
    if new_words:
        audit.record("profile.notifications", user, by=user, name=user.name, old=old, new=new_words)


def stop_mails(*, user: User, kind_name: str) -> None:
    """Turn the mails of one kind off, as the link in such a mail does."""
    change_choices(
        user=user,
        channels={kind_name: Channels(by_mail=False, by_push=channels_of(user, kind_name).by_push)},
    )


def _words(quiet: QuietTimes) -> str:
    return f"{quiet.starts:%H:%M}-{quiet.ends:%H:%M}" if quiet.is_on else "-"
