"""Change one's own name, picture, phone, language and density of the pages."""

from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.pictures import EncodedPicture
from workspaces.branding.actions import save_picture
from workspaces.models import Picture, User, Workspace


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


@transaction.atomic
def save_own_picture(*, workspace: Workspace, picture: EncodedPicture, by: User) -> User:
    """Show this picture wherever the person is named. The one before is deleted."""
    user = User.objects.within(workspace).select_for_update().get(pk=by.pk)
    _replace_picture(user, save_picture(workspace=workspace, encoded=picture))
    audit.record("profile.picture", user, by=by, name=user.name)
    return user


@transaction.atomic
def remove_own_picture(*, workspace: Workspace, by: User) -> None:
    user = User.objects.within(workspace).select_for_update().get(pk=by.pk)
    if user.picture_id:
        _replace_picture(user, None)
        audit.record("profile.remove_picture", user, by=by, name=user.name)


def _replace_picture(user: User, picture: Picture | None) -> None:
    dropped_id, user.picture = user.picture_id, picture
    user.save(update_fields=["picture", "updated_at"])
    if dropped_id:
        Picture.objects.within(user.workspace_id).filter(pk=dropped_id).delete()  # type: ignore[arg-type]  # a member's
