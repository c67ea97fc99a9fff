"""The brand of a clinic as patients' pages, mails and posters show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from workspaces.branding.colours import DEFAULT, Palette, derive_palette
from workspaces.models import Brand, Picture

# Pictures have twice the pixels of their place, for sharp screens.
PIXELS_PER_POINT = 2


@dataclass(frozen=True)
class ShownPicture:
    """A picture's path and the size at which a page shows it."""

    path: str
    width: int
    height: int


@dataclass(frozen=True)
class ShownBrand:
    """What is shown to patients. Without a logo or a colour of its own it has ours or none."""

    colour: str = ""
    logo: ShownPicture | None = None
    shows_doctor: bool = False

    @property
    def palette(self) -> Palette:
        return derive_palette(self.colour or DEFAULT)

    @property
    def stylesheet(self) -> str:
        """Return the path of the style sheet with the colour, or "" for the standard one."""
        return stylesheet_path(self.colour) if self.colour else ""


@dataclass(frozen=True)
class MailBrand:
    """What a mail shows. The logo is in the mail itself, so that opening it loads nothing."""

    colour: str = ""
    logo: bytes = b""
    logo_type: str = ""
    logo_width: int = 0
    logo_height: int = 0

    @property
    def palette(self) -> Palette:
        return derive_palette(self.colour or DEFAULT)


def find_mail_brands(workspace_ids: Iterable[UUID]) -> dict[UUID, MailBrand]:
    """Return the brands of the workspaces that have one. Their rows must be open."""
    rows = Brand.objects.filter(workspace__in=workspace_ids).select_related("logo")
    return {brand.workspace_id: _brand_of_mail(brand) for brand in rows}


def _brand_of_mail(brand: Brand) -> MailBrand:
    if brand.logo is None:
        return MailBrand(brand.colour)
    shown = show_picture(brand.logo)
    data, kind = bytes(brand.logo.data), brand.logo.content_type
    return MailBrand(brand.colour, data, kind, shown.width, shown.height)


def find_brand(workspace_id: UUID) -> ShownBrand:
    """Return the brand of a workspace whose rows are open. Pictures' bytes are not read."""
    rows = Brand.objects.within(workspace_id).select_related("logo").defer("logo__data")
    brand = rows.first()
    if brand is None:
        return ShownBrand()
    logo = show_picture(brand.logo) if brand.logo else None
    return ShownBrand(brand.colour, logo, brand.show_doctor_photo)


def show_picture(picture: Picture) -> ShownPicture:
    return ShownPicture(
        reverse("picture", args=[picture.token]),
        max(1, picture.width // PIXELS_PER_POINT),
        max(1, picture.height // PIXELS_PER_POINT),
    )


def stylesheet_path(colour: str) -> str:
    """Return a path that has the colour itself: the answer never changes and needs no query."""
    return reverse("brand_colour", args=[colour.removeprefix("#")])
