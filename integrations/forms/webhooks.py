from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.outgoing_addresses import LONGEST, find_url_fault
from integrations.webhooks.endpoints import EndpointDetails
from integrations.webhooks.events import subscribable_events


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=_("Address of your system"),
        max_length=LONGEST,
        widget=forms.URLInput(
            {"autocomplete": "off", "placeholder": "https://", "spellcheck": "false"}
        ),
        help_text=_("Where your system takes events: an https address that answers with 2xx."),
    )
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=lambda: [
            (event, format_lazy("{} ({})", label, event))
            for event, label in subscribable_events().items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if fault := find_url_fault(url):
            raise ValidationError(str(fault))
        return url

    def details(self) -> EndpointDetails:
        return EndpointDetails(**self.cleaned_data)
