"""Forms of the floor: what a person types, checked and in their language."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workspaces.models import User
from workspaces.models.practice import Country, known_timezone


class SignupForm(forms.Form):
    """What allauth's own form (e-mail, password) does not ask: who, and which clinic."""

    field_order = ["name", "workspace", "practice", "country", "email", "password1"]

    name = forms.CharField(label=_("Your name"), max_length=120)
    workspace = forms.CharField(label=_("Clinic or group"), max_length=120)
    practice = forms.CharField(
        label=_("First practice"),
        max_length=120,
        help_text=_("The place where you see patients. You can add more later."),
    )
    country = forms.ChoiceField(label=_("Country"), choices=Country, initial=Country.EC)
    timezone = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-timezone": ""})
    )

    def clean_timezone(self) -> str:
        """The browser fills it in; without JavaScript the first market's zone is assumed."""
        zone: str = self.cleaned_data["timezone"] or "America/Guayaquil"
        known_timezone(zone)
        return zone

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth insists on this method; the adapter has done all of it already."""


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["name", "phone", "language"]
