from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import phones
from messaging.text_previews.people import PreviewKind
from templates_app.forms import TemplateTextField
from templates_app.models import Channel, MessageType
from workspaces.models import Language, User
from workspaces.practices import country_of

# Of a longer text the preview shows the beginning.
MAX_LENGTH = 5000


class PreviewForm(forms.Form):
    """The text in the editor, which may be unfinished."""

    type = forms.ChoiceField(choices=MessageType)
    language = forms.ChoiceField(choices=Language)
    channel = forms.ChoiceField(choices=[("", ""), *Channel.choices], required=False)
    shown_on = forms.ChoiceField(choices=Channel, required=False)
    subject = forms.CharField(required=False)
    content = TemplateTextField(required=False)
    patient = forms.UUIDField(required=False)
    template = forms.UUIDField(required=False)

    def kind_on(self, channel: str, *, two_way: bool) -> PreviewKind:
        cleaned = self.cleaned_data
        return PreviewKind(cleaned["type"], cleaned["language"], channel, two_way)

    def clean_content(self) -> str:
        return str(self.cleaned_data["content"])[:MAX_LENGTH]

    def clean_subject(self) -> str:
        return str(self.cleaned_data["subject"])[:MAX_LENGTH]


class TestForm(forms.Form):
    """Choose the channel of a self-test. The phone is asked for once and kept in the profile."""

    channel = forms.ChoiceField(label=_("Channel"), widget=forms.RadioSelect)
    phone = forms.CharField(
        label=_("Your phone"),
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        help_text=_("For SMS and WhatsApp. It is kept in your profile."),
    )

    def __init__(self, *args: Any, user: User, channels: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(channel, Channel(channel).label) for channel in channels]
        self.initial["channel"] = channels[0] if channels else None
        if user.phone or set(channels) <= {Channel.EMAIL}:
            del self.fields["phone"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "phone" not in self.fields:
            return cleaned
        if typed := cleaned.get("phone"):
            try:
                cleaned["phone"] = phones.to_e164(typed, self._country())
            except ValidationError as error:
                self.add_error("phone", error)
        elif cleaned.get("channel") not in (None, Channel.EMAIL):
            self.add_error("phone", _("Write the number that the test goes to."))
        return cleaned

    def _country(self) -> str:
        assert self.user.workspace
        return country_of(self.user.workspace)
