"""The form for the settings that decide how a clinic's people sign in."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core import networks
from workspaces.models import IdleLimit, Workspace
from workspaces.sign_in.security_settings import SecuritySettings


class SecurityForm(forms.ModelForm[Workspace]):
    idle_minutes = forms.TypedChoiceField(
        label=_("Sign people out after so long without activity"),
        choices=IdleLimit,
        coerce=int,
        help_text=_("On a computer that several people use, 30 minutes are safest."),
    )
    requires_second_step = forms.BooleanField(
        label=_("Everybody signs in with a second step"),
        required=False,
        help_text=_(
            "A code from an app on the phone, besides the password. Who has none yet sets it up at"
            " the next page."
        ),
    )
    allowed_networks = forms.CharField(
        label=_("Addresses from which your team may work"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("One a line, for example 190.15.128.7 or 190.15.128.0/24. Empty: anywhere."),
    )

    class Meta:
        model = Workspace
        fields: ClassVar = list(SecuritySettings.__dataclass_fields__)

    def clean_allowed_networks(self) -> str:
        return networks.normalize_networks(self.cleaned_data["allowed_networks"])

    def details(self) -> SecuritySettings:
        return SecuritySettings(**{name: self.cleaned_data[name] for name in self.Meta.fields})
