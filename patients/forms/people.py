"""Forms of the pages of one patient and of the suppression list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from core import phones
from core.edit_conflicts import EditForm
from patients.actions import PatientDetails
from patients.campaigns_seen import campaigns_seen_by
from patients.listed_ratings import RatingFilter
from patients.models import Patient, PatientState, SuppressionReason
from patients.people.emails import read_email
from workspaces import entitlements
from workspaces.access import Can, may
from workspaces.models import User
from workspaces.vetting.plain_names import plain_name

FARTHEST = timedelta(days=730)


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name, phone or e-mail"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    campaign: "forms.ModelChoiceField[Campaign]" = forms.ModelChoiceField(
        label=_("Campaign"), queryset=None, required=False, empty_label=_("All campaigns")
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *PatientState.choices]
    )
    rating = forms.ChoiceField(
        label=_("Rating"), required=False, choices=[("", _("Any rating")), *RatingFilter.choices]
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert by.workspace  # platform staff have no such page
        if may(by, Can.SEE_CAMPAIGNS):
            campaigns = campaigns_seen_by(by, within=by.workspace)
        else:
            campaigns = Campaign.objects.within(by.workspace).visible_to(by)
        offered = self.fields["campaign"]
        assert isinstance(offered, forms.ModelChoiceField)
        offered.queryset = campaigns.order_by("-pk")


class PatientForm(EditForm[Patient]):
    class Meta:
        model = Patient
        fields: ClassVar = list(PatientDetails.__dataclass_fields__)
        help_texts: ClassVar = {
            "preferred_channel": _("Without an e-mail or a phone the other one is used."),
        }
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "off"}),
            "email": forms.EmailInput({"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if note := entitlements.channel_note(self.instance.workspace):
            channel = self.fields["preferred_channel"]
            channel.help_text = f"{channel.help_text} {note}"

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if typed != self.initial["name"]:
            plain_name(typed)
        return typed

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if typed in ("", self.initial["phone"]):
            return typed
        return phones.to_e164(typed, self.instance.campaign.practice.country)

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        return (read_email(typed) or "") if typed else ""

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said.get("phone") and not said.get("email"):
            raise ValidationError(_("Keep a phone or an e-mail: without them nobody is reached."))
        return said

    def validate_unique(self) -> None:
        """Skip it: the action explains the violation in better words."""

    def validate_constraints(self) -> None:
        """Skip it, for the same reason."""

    def details(self) -> PatientDetails:
        fields = PatientDetails.__dataclass_fields__
        return PatientDetails(
            **{name: said for name, said in self.cleaned_data.items() if name in fields}
        )


class MoveForm(forms.Form):
    """The caller activates the practice's time zone."""

    to = forms.DateTimeField(
        label=_("New date and time"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def clean_to(self) -> datetime:
        to: datetime = self.cleaned_data["to"]
        if abs(to - timezone.now()) > FARTHEST:
            raise ValidationError(_("Choose a day within two years of today."))
        return to


class ConsentForm(forms.Form):
    words = forms.CharField(
        label=_("How they agreed"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("For example: “signed the form at reception”. It stays as evidence."),
    )


class OptOutForm(forms.Form):
    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("For your team, for example: “asked for it by phone”."),
    )


REASONS: Sequence[tuple[str, str | Promise]] = [("", _("Any reason")), *SuppressionReason.choices]


class SuppressionSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Phone or e-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=REASONS)


class AddForm(forms.Form):
    addresses = forms.CharField(
        label=_("Phones and e-mails"),
        max_length=100_000,
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One on each line, up to 1000."),
    )
    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they may be written to again"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("It stays in the audit trail, so leave the name and the number out."),
    )
