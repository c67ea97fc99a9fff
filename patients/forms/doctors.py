from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.pictures import EncodedPicture, PictureError
from patients.doctors.editing import DoctorDetails
from patients.doctors.listing import ListedDoctor
from patients.doctors.reach import may_change_reach
from workspaces import google_listing
from workspaces.branding.forms import PictureField
from workspaces.google_listing import Listing
from workspaces.models import Practice, User, Workspace
from workspaces.vetting.plain_names import plain_name


class PhotoForm(forms.Form):
    """A photo for the doctor with this name."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput)
    photo = PictureField(label=_("Photo"), error_messages={"required": _("Choose a photo.")})

    def clean_photo(self) -> EncodedPicture:
        try:
            return pictures.encode_photo(self.cleaned_data["photo"])
        except PictureError as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class NewDoctorForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[plain_name],
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class DoctorForm(forms.Form):
    name = forms.CharField(
        label=_("Name as shown"),
        max_length=120,
        validators=[plain_name],
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("In messages, on the star page and in all results."),
    )
    practice = forms.ModelChoiceField[Practice](
        label=_("Practice"), queryset=None, required=False, empty_label=_("Several or none")
    )
    member = forms.ModelChoiceField[User](
        label=_("Member of the team"),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
        help_text=_(
            "Signs in here as this doctor, and sees the results of all patients with this doctor."
        ),
    )
    listing = forms.CharField(
        label=_("Own Google reviews"),
        max_length=google_listing.LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Only if the doctor has their own profile on Google. Their patients are then led there"
            " instead of to the practice. Paste the link that Google gives, or the place id."
        ),
    )

    def __init__(self, *args: Any, workspace: Workspace, doctor: ListedDoctor, by: User) -> None:
        super().__init__(*args)
        self.before = details = DoctorDetails.of(doctor)
        self.initial = {
            "name": details.name,
            "practice": details.practice,
            "member": details.member,
            "listing": details.listing.place_id or details.listing.link,
        }
        _offer(self.fields["practice"], workspace.practices.order_by("name"))
        # The linked member stays a choice while she is suspended. Otherwise saving the page would
        # unlink her.
        offered = Q(is_active=True) | Q(pk=details.member and details.member.pk)
        _offer(self.fields["member"], workspace.members.filter(offered).order_by("name"))
        if not may_change_reach(by):
            del self.fields["member"]

    def clean_listing(self) -> Listing:
        return google_listing.read_listing(self.cleaned_data["listing"])

    def details(self) -> DoctorDetails:
        return replace(self.before, **self.cleaned_data)


class MergeForm(forms.Form):
    into = forms.TypedChoiceField(label=_("Is the same person as"), coerce=UUID)

    def __init__(self, *args: Any, others: Iterable[ListedDoctor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.TypedChoiceField)
        rows = [other.row for other in others if other.row]
        field.choices = [("", _("Choose a doctor")), *((row.pk, row.shown) for row in rows)]


def _offer(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
