from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.pictures import EncodedPicture, PictureError
from workspaces.branding.actions import BrandDetails
from workspaces.branding.colours import COLOUR
from workspaces.models import Brand

# The files that the browser offers. The server checks the content.
ENDINGS = ".png,.jpg,.jpeg,.webp"


class ColourField(forms.CharField):
    """A colour as browsers write it: `#14605a`."""

    widget = forms.TextInput({"type": "color"})

    def clean(self, value: Any) -> str:
        colour = str(super().clean(value)).lower()
        if not COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("Write a colour like #14605a."))
        return colour


class PictureField(forms.FileField):
    """A file of a picture. The form's `encode_…` decides what it is made into."""

    endings = ENDINGS
    largest = pictures.MAX_BYTES

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput({"accept": ENDINGS})
        super().__init__(allow_empty_file=True, widget=widget, **kwargs)


class BrandForm(forms.Form):
    logo = PictureField(label=_("Logo"), required=False)
    colour = ColourField(
        label=_("Your colour"),
        help_text=_("Of buttons, links and stars. If it is too pale to be read, we darken it."),
    )
    show_doctor_photo = forms.BooleanField(
        label=_("Show the doctor"),
        required=False,
        help_text=_("The star page names the doctor of the visit, with the photo if you have one."),
    )

    @classmethod
    def for_brand(cls, brand: Brand) -> "BrandForm":
        shown = {"colour": brand.colour_or_default, "show_doctor_photo": brand.show_doctor_photo}
        return cls(initial=shown)

    def clean_logo(self) -> EncodedPicture | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        try:
            return pictures.encode_logo(file)
        except PictureError as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def details(self) -> BrandDetails:
        names = BrandDetails.__dataclass_fields__
        return BrandDetails(**{name: self.cleaned_data[name] for name in names})
