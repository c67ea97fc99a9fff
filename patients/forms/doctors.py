from django import forms
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.pictures import EncodedPicture, PictureError
from workspaces.branding.forms import PictureField


class PhotoForm(forms.Form):
    """A photo for one of the doctors on the page. The page has this form once for each of them."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput)
    photo = PictureField(label=_("Photo"), error_messages={"required": _("Choose a photo.")})

    def clean_photo(self) -> EncodedPicture:
        try:
            return pictures.encode_photo(self.cleaned_data["photo"])
        except PictureError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
