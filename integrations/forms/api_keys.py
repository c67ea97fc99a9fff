"""The form of a new API key."""

from datetime import datetime, time, timedelta, tzinfo
from ipaddress import ip_network
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.scopes import all_scopes
from integrations.api_keys import ApiKeyDetails

MAX_ADDRESSES = 20


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Of the system that will use it, for example “Agenda”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=lambda: all_scopes().items(),
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("Empty: it holds until you revoke it."),
    )
    addresses = forms.CharField(
        label=_("From these addresses alone"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("IP addresses or ranges, one on each line, for example 203.0.113.0/24."),
    )

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_expires_on(self) -> datetime | None:
        """Return the end of the last day, in the time zone of the clinic."""
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        today = timezone.now().astimezone(self.zone).date()
        if not today <= day <= today + timedelta(days=3660):
            raise ValidationError(_("Choose a day from today on, within ten years."))
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def clean_addresses(self) -> list[str]:
        typed: list[str] = self.cleaned_data["addresses"].split()
        if len(typed) > MAX_ADDRESSES:
            raise ValidationError(_("At most %(most)d addresses."), params={"most": MAX_ADDRESSES})
        return [_parse_network(line) for line in typed]

    def details(self) -> ApiKeyDetails:
        data = self.cleaned_data
        return ApiKeyDetails(
            name=data["name"],
            scopes=data["scopes"],
            expires_at=data["expires_on"],
            addresses=data["addresses"],
        )


def _parse_network(typed: str) -> str:
    try:
        return str(ip_network(typed, strict=False))
    except ValueError:
        raise ValidationError(
            _("“%(typed)s” is no IP address."), params={"typed": typed[:60]}
        ) from None
