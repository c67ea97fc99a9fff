"""Settings of an owner that decide how a clinic's people sign in."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, networks
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.models import User, Workspace

SECOND_STEPS = [Authenticator.Type.TOTP]


class RefusedSettingError(ProblemError):
    """A setting is refused. `setting` is its field, so that a form can show the reason there."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True)
class SecuritySettings:
    idle_minutes: int
    requires_second_step: bool
    allowed_networks: str


@transaction.atomic
def change_security_settings(
    *, workspace: Workspace, details: SecuritySettings, address: str | None, by: User
) -> Workspace:
    """Save the settings, unless they would lock out this owner, whose IP address is `address`."""
    workspace = entitlements.lock_workspace(workspace)
    if details.requires_second_step and not has_second_step(by):
        raise RefusedSettingError(
            "requires_second_step",
            _("Set up your own second step first: without it this would lock you out."),
        )
    allowed = details.allowed_networks
    # An unchanged list is not checked, so that an owner who was let in by mail can save the rest.
    is_new_list = allowed and allowed != workspace.allowed_networks
    if is_new_list and not networks.contains_address(allowed, address):
        raise RefusedSettingError(
            "allowed_networks",
            _("Your present address %(address)s is not in this list, so it would lock you out.")
            % {"address": networks.suggest_network(address)},
        )
    audit.save_changes(
        "workspace.security",
        workspace,
        vars(details),
        by=by,
        name=workspace.name,
        workspace_id=workspace.pk,
    )
    return workspace


def has_second_step(user: User) -> bool:
    return bool(is_mfa_enabled(user, SECOND_STEPS))


def without_second_step(workspace: Workspace) -> list[User]:
    """Return the members who would have to set up a second step if it were required."""
    with_step = Authenticator.objects.filter(type__in=SECOND_STEPS).values("user_id")
    return list(User.objects.within(workspace).exclude(pk__in=with_step).order_by("name"))
