from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions import Plan
from campaigns.models import Campaign, Status
from workspaces.ids import uuid7
from workspaces.models import Practice


class CampaignForm(forms.ModelForm[Campaign]):
    """`key` is the id that a new campaign will have, so that sending the form twice makes one.
    `seen` is when the campaign had last changed as this form was opened.
    """

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid7)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Campaign
        fields: ClassVar = list(Plan.__dataclass_fields__)
        labels: ClassVar = {
            "scheduled_hours_after": _("Hours after the appointment"),
            "reminder_after_hours": _("Remind after, in hours"),
            "is_ongoing": _("Receives lists every day"),
        }
        help_texts: ClassVar = {
            "name": _("For your team; patients do not see it."),
            "scheduled_hours_after": _("0 to 72. Messages leave within the practice’s hours only."),
        }
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "description": forms.Textarea({"rows": 2, "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.instance
        practice = self.fields["practice"]
        assert isinstance(practice, forms.ModelChoiceField)
        practice.queryset = Practice.objects.within(campaign.workspace).order_by("name")
        practice.empty_label = _("Choose one")
        if campaign._state.adding:
            offered = list(practice.queryset[:2])
            self.initial["practice"] = offered[0] if len(offered) == 1 else None
        else:
            self.initial["seen"] = campaign.updated_at.isoformat()

    def plan(self) -> Plan:
        fields = Plan.__dataclass_fields__
        return Plan(**{name: said for name, said in self.cleaned_data.items() if name in fields})

    def new_id(self) -> UUID:
        """Whatever else stands in the hidden field is nobody's mistake to correct."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid7()

    def seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def look_again(self, campaign: Campaign) -> None:
        """Whoever read the refusal and saves once more means it."""
        campaign.refresh_from_db()
        typed = {name: self.data.get(name) for name in self.data}
        self.data = typed | {"seen": campaign.updated_at.isoformat()}


class FilterForm(forms.Form):
    status = forms.ChoiceField(choices=Status, required=False)
