"""What an owner decides about how the clinic's people sign in."""

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
    """Names the setting, so that a form shows the reason beside it."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True)
class SecurityWishes:
    idle_minutes: int
    requires_second_step: bool
    allowed_networks: str


@transaction.atomic
def change(
    *, workspace: Workspace, wishes: SecurityWishes, address: str | None, by: User
) -> Workspace:
    """Store the wishes, unless they would lock out the owner, who comes from `address`."""
    workspace = entitlements.lock_workspace(workspace)
    if wishes.requires_second_step and not has_second_step(by):
        raise RefusedSettingError(
            "requires_second_step",
            _("Set up your own second step first: without it this would lock you out."),
        )
    wanted = wishes.allowed_networks
    # An owner who came in from elsewhere by mail may change the rest and leave the list as it is.
    is_new_list = wanted and wanted != workspace.allowed_networks
    if is_new_list and not networks.contains_address(wanted, address):
        raise RefusedSettingError(
            "allowed_networks",
            _("Your present address %(address)s is not in this list, so it would lock you out.")
            % {"address": networks.suggest_network(address)},
        )
    audit.save_changes(
        "workspace.security",
        workspace,
        vars(wishes),
        by=by,
        name=workspace.name,
        workspace_id=workspace.pk,
    )
    return workspace


def has_second_step(user: User) -> bool:
    return bool(is_mfa_enabled(user, SECOND_STEPS))


def without_second_step(workspace: Workspace) -> list[User]:
    """Return the people who would have to set one up at their next page."""
    have = Authenticator.objects.filter(type__in=SECOND_STEPS).values("user_id")
    return list(User.objects.within(workspace).exclude(pk__in=have).order_by("name"))
