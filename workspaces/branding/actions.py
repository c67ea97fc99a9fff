"""Change the clinic's brand. The logo before is kept, so that a change can be undone."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.pictures import EncodedPicture
from workspaces import entitlements
from workspaces.branding.colours import DEFAULT
from workspaces.models import Brand, Picture, User, Workspace


@dataclass(frozen=True)
class BrandDetails:
    colour: str
    show_doctor_photo: bool


@transaction.atomic
def change_brand(
    *, workspace: Workspace, details: BrandDetails, logo: EncodedPicture | None, by: User
) -> Brand:
    """Save the colour and, if there is a new one, the logo."""
    brand = _lock_brand(workspace)
    values = vars(details) | {"colour": "" if details.colour == DEFAULT else details.colour}
    audit.save_changes("brand.change", brand, values, by=by, name=workspace.name)
    if logo:
        _replace_logo(brand, save_picture(workspace=workspace, encoded=logo))
        audit.record("brand.logo", brand, by=by, name=workspace.name)
    return brand


@transaction.atomic
def remove_logo(*, workspace: Workspace, by: User) -> None:
    brand = _lock_brand(workspace)
    if brand.logo_id:
        _replace_logo(brand, None)
        audit.record("brand.remove_logo", brand, by=by, name=workspace.name)


@transaction.atomic
def restore_logo(*, workspace: Workspace, by: User) -> None:
    """Exchange the logo with the one before, so that this can be undone too."""
    brand = _lock_brand(workspace)
    if not brand.previous_logo_id:
        raise ProblemError(_("There is no earlier logo. Choose a file."))
    brand.logo_id, brand.previous_logo_id = brand.previous_logo_id, brand.logo_id
    brand.save(update_fields=["logo", "previous_logo", "updated_at"])
    audit.record("brand.restore_logo", brand, by=by, name=workspace.name)


def save_picture(*, workspace: Workspace, encoded: EncodedPicture) -> Picture:
    return Picture.objects.create(workspace=workspace, **vars(encoded))


def _replace_logo(brand: Brand, picture: Picture | None) -> None:
    """Keep the present logo as the previous one, and delete the one before that."""
    # Without a present logo the previous one stays: it is the one that a person may want back.
    dropped_id = brand.previous_logo_id if brand.logo_id else None
    if brand.logo_id:
        brand.previous_logo_id = brand.logo_id
    brand.logo = picture
    brand.save(update_fields=["logo", "previous_logo", "updated_at"])
    if dropped_id:
        Picture.objects.within(brand.workspace_id).filter(pk=dropped_id).delete()


def _lock_brand(workspace: Workspace) -> Brand:
    """Return the clinic's brand, made if needed. The lock makes two members wait for each other."""
    entitlements.lock_workspace(workspace)
    return Brand.objects.within(workspace).get_or_create(workspace=workspace)[0]
