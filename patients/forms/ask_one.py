"""The form to ask one patient who has just been here."""

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import TAKES_PATIENTS, Campaign, CampaignQuerySet, CampaignStatus
from core.ids import uuid7
from patients import ask_refusals
from patients.ask_one import Visit
from patients.lists.problem_messages import ROW_PROBLEMS
from patients.models import Doctor
from patients.people.facts import MAX_DOCTOR, MAX_NAME
from templates_app.models import Channel
from workspaces import entitlements
from workspaces.models import Feature, User

NOW, LATER = "now", "later"
PHONE_CHANNELS = (Channel.SMS, Channel.WHATSAPP)
CONSENT = _("The patient agrees to receive a message about this visit.")
# The browser suggests these while a name is typed. Nobody scrolls through more.
MAX_DOCTORS = 200


class CampaignChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at runtime
    """Says of a campaign that was paused or ended meanwhile why it cannot be chosen any more."""

    def clean(self, value: Any) -> Campaign | None:
        campaign: Campaign | None = super().clean(value)
        if campaign and campaign.status != CampaignStatus.ACTIVE:
            raise ValidationError(ask_refusals.not_active(campaign))
        return campaign


class AskOneForm(forms.Form):
    """`key` makes one ask of a form that is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name"),
        max_length=MAX_NAME,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "words", "autofocus": True}
        ),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=40,
        error_messages={"required": ROW_PROBLEMS["unreachable"]},
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "email", "inputmode": "email", "autocomplete": "off"}),
    )
    campaign = CampaignChoiceField(None, label=_("Where"), empty_label=_("Choose one"))
    doctor_name = forms.CharField(
        label=_("Doctor"),
        required=False,
        max_length=MAX_DOCTOR,
        widget=forms.TextInput({"autocomplete": "off", "list": "ask-doctors"}),
    )
    channel = forms.ChoiceField(
        label=_("By"),
        choices=[(one.value, one.label) for one in PHONE_CHANNELS],
        initial=Channel.SMS.value,
        widget=forms.RadioSelect,
    )
    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Send now")), (LATER, _("After the usual delay"))],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=CONSENT,
        error_messages={"required": _("Ask the patient first. Nobody is written to without that.")},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert by.workspace  # platform staff have no such page
        self.workspace = by.workspace
        # All campaigns of the clinic, because the desk asks the patients of all doctors.
        takes_patients = (
            Campaign.objects.within(by.workspace)
            .filter(status__in=TAKES_PATIENTS)
            .select_related("practice", "workspace")
            .order_by("practice__name", "name")
        )
        self.offered = [one for one in takes_patients if one.status == CampaignStatus.ACTIVE]
        self._offer_campaigns(takes_patients)
        self.fields["phone"].required = not self["email"].value()
        if not entitlements.has_feature(by.workspace, Feature.WHATSAPP):
            self.fields["channel"].required = False
            self.fields["channel"].widget = forms.HiddenInput()

    def doctors(self) -> list[str]:
        """Return the doctors by the name as shown, without the spellings merged into it."""
        people = Doctor.objects.within(self.workspace).people().order_by("name")[:MAX_DOCTORS]
        return [doctor.shown for doctor in people]

    def chosen_campaign(self) -> Campaign | None:
        """Return the campaign that the form shows as chosen, valid or not."""
        chosen = str(self["campaign"].value() or "")
        return next((one for one in self.offered if str(one.pk) == chosen), None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        # An error of a field that nobody sees would be shown nowhere.
        for name in ("key", "campaign", "channel"):
            if self[name].is_hidden and (errors := self.errors.pop(name, None)):
                self.add_error(None, errors.as_data())
        return cleaned

    def chosen_key(self) -> UUID:
        key: UUID = self.cleaned_data["key"]
        return key

    def visit(self) -> Visit:
        said = self.cleaned_data
        said["campaign"].workspace = self.workspace
        return Visit(
            campaign=said["campaign"],
            name=said["name"],
            phone=said["phone"],
            email=said["email"],
            doctor_name=said["doctor_name"],
            channel=said["channel"] or Channel.SMS if said["phone"] else Channel.EMAIL,
            consent_words=str(CONSENT),
            at_once=said["when"] == NOW,
        )

    def _offer_campaigns(self, takes_patients: CampaignQuerySet) -> None:
        """Offer the active campaigns, by their practice where that says enough.

        With one there is nothing to choose. The paused ones stay valid, to be refused in words.
        """
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = takes_patients
        at_practice = Counter(one.practice_id for one in self.offered)
        field.choices = [
            ("", field.empty_label),
            *(
                (
                    str(one.pk),
                    one.practice.name
                    if at_practice[one.practice_id] == 1
                    else f"{one.practice.name} · {one.name}",
                )
                for one in self.offered
            ),
        ]
        if len(self.offered) == 1:
            self.initial["campaign"] = self.offered[0].pk
            field.widget = forms.HiddenInput()
