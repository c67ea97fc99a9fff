from collections import defaultdict
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns import retention
from campaigns.actions import CampaignDetails
from campaigns.models import Campaign, CampaignStatus
from campaigns.timing import MAX_DELAY_HOURS
from core.edit_conflicts import EditForm
from core.ids import uuid7
from templates_app.models import Template
from templates_app.template_list import PURPOSES
from workspaces.access import Can
from workspaces.handover import possible_recipients
from workspaces.member_forms import RecipientField
from workspaces.models import Practice


class CampaignHandoverForm(forms.Form):
    """Chooses who is in charge of a campaign next."""

    to = RecipientField(None, label=_("Who takes it over"), empty_label=_("Choose someone"))
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, RecipientField)
        field.queryset = possible_recipients(
            campaign.workspace_id, Can.MANAGE_CAMPAIGNS, instead_of=campaign.created_by
        )
        self.initial["seen"] = campaign.created_by_id


class CampaignForm(EditForm[Campaign]):
    """Creates or changes a campaign.

    `key` is the id of a new campaign, so that submitting the form twice creates only one.
    """

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid7)

    class Meta:
        model = Campaign
        fields: ClassVar = list(CampaignDetails.__dataclass_fields__)
        labels: ClassVar = {
            "scheduled_hours_after": _("Hours after the appointment"),
            "reminder_after_hours": _("Remind after, in hours"),
            "is_ongoing": _("Receives lists every day"),
        }
        help_texts: ClassVar = {
            "name": _("For your team; patients do not see it."),
            "scheduled_hours_after": format_lazy(
                _("0 to {longest}. Messages leave within the practice’s hours only."),
                longest=MAX_DELAY_HOURS,
            ),
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
            practices = list(practice.queryset[:2])
            self.initial["practice"] = practices[0] if len(practices) == 1 else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        delay, reminder = cleaned.get("scheduled_hours_after"), cleaned.get("reminder_after_hours")
        if delay is not None and reminder:
            campaign = Campaign(scheduled_hours_after=delay, reminder_after_hours=reminder)
            kept_days = self.instance.workspace.keep_patients_days
            if retention.days_needed(campaign) > kept_days:
                self.add_error(
                    "reminder_after_hours",
                    _(
                        "By then the patient may be forgotten: your clinic keeps patients for"
                        " %(days)d days. Remind earlier, or keep them longer in the settings."
                    )
                    % {"days": kept_days},
                )
        return cleaned

    def details(self) -> CampaignDetails:
        fields = CampaignDetails.__dataclass_fields__
        return CampaignDetails(
            **{name: value for name, value in self.cleaned_data.items() if name in fields}
        )

    def new_id(self) -> UUID:
        """Return the id for the new campaign, or a fresh one if the hidden field is invalid."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid7()


class TextsForm(forms.Form):
    """Chooses a campaign's texts. There is a field for each kind of text with alternatives."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = set(campaign.own_templates.values_list("template_id", flat=True))
        kinds: dict[tuple[str, str, str], list[Template]] = defaultdict(list)
        texts = campaign.workspace.templates.order_by("language", "channel", "name")
        for text in sorted(texts, key=lambda text: list(PURPOSES).index(text.type)):
            kinds[text.type, text.language, text.channel].append(text)
        for kind, candidates in kinds.items():
            alternatives = [text for text in candidates if not text.is_default or text.pk in own]
            if alternatives:
                default = next((text.name for text in candidates if text.is_default), "")
                name = "-".join(filter(None, kind))
                self.fields[name] = _choice_field(alternatives, default, own)

    def chosen_texts(self) -> list[Template]:
        return [text for text in self.cleaned_data.values() if text]


def _choice_field(
    alternatives: list[Template], default: str, own: set[UUID]
) -> forms.TypedChoiceField:
    by_id = {str(text.pk): text for text in alternatives}
    usual = gettext("As usual: %(name)s") % {"name": default} if default else gettext("As usual")
    return forms.TypedChoiceField(
        label=describe_kind(alternatives[0]),
        required=False,
        choices=[("", usual), *((pk, text.name) for pk, text in by_id.items())],
        coerce=by_id.get,
        empty_value=None,
        initial=next((pk for pk, text in by_id.items() if text.pk in own), ""),
    )


def describe_kind(text: Template) -> str:
    """Return the type, language and channel of a text, such as "Ask · Spanish · SMS"."""
    parts = [text.get_type_display(), text.get_language_display(), text.get_channel_display()]
    return " · ".join(part for part in parts if part)


class FilterForm(forms.Form):
    status = forms.ChoiceField(choices=CampaignStatus, required=False)
