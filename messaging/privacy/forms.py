from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import phones
from patients.models import Patient
from workspaces.models import Workspace
from workspaces.practices import country_of


class FindForm(forms.Form):
    address = forms.CharField(
        label=_("Phone or e-mail"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
        help_text=_("As the person writes it, for example 099 123 4567."),
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if "@" in typed:
            validate_email(typed)
            return typed.lower()
        return phones.to_e164(typed, country_of(self.workspace))


class RowsForm(forms.Form):
    """Choose which appointments, of all that share an address, belong to the person."""

    rows = forms.TypedMultipleChoiceField(
        label=_("Appointments of this person"),
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one appointment.")},
    )

    def __init__(
        self, *args: Any, offered: Sequence[Patient], likely: Sequence[Patient], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        rows = self.fields["rows"]
        assert isinstance(rows, forms.TypedMultipleChoiceField)
        rows.choices = [(patient.pk, _describe_visit(patient)) for patient in offered]
        rows.initial = [patient.pk for patient in likely]

    def chosen(self) -> list[Patient]:
        return [patient for patient in self.offered if patient.pk in self.cleaned_data["rows"]]

    def spared(self) -> list[Patient]:
        return [patient for patient in self.offered if patient.pk not in self.cleaned_data["rows"]]


def _describe_visit(patient: Patient) -> str:
    when = timezone.localtime(patient.appointment_time, patient.campaign.practice.zone)
    parts = (
        patient.name,
        date_format(when, "SHORT_DATETIME_FORMAT"),
        patient.phone,
        patient.email,
        patient.campaign.name,
    )
    return " · ".join(part for part in parts if part)


class DaysForm(forms.Form):
    """The number of days that data would be kept."""

    messages = forms.IntegerField(min_value=1, max_value=3650)
    patients = forms.IntegerField(min_value=1, max_value=3650)
