"""Change one's own name, phone, language and density of the pages."""

from dataclasses import dataclass

from django.db import transaction

from core import audit
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class ProfileDetails:
    name: str
    phone: str
    language: str
    density: str


@transaction.atomic
def change_profile(*, workspace: Workspace, details: ProfileDetails, by: User) -> User:
    user = User.objects.within(workspace).select_for_update().get(pk=by.pk)
    audit.save_changes("profile.change", user, vars(details), by=by, name=details.name)
    return user
