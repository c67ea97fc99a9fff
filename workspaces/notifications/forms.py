"""The form of what a member is told, how and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.models import User
from workspaces.notifications.choices import Channels
from workspaces.notifications.kinds import kinds_for
from workspaces.notifications.push.subscriptions import BrowserKeys
from workspaces.notifications.quiet_hours import QuietTimes

CLOCK = forms.TimeInput({"type": "time"}, format="%H:%M")


@dataclass(frozen=True)
class KindRow:
    """A row of the page: one kind with its two checkboxes."""

    label: str | Promise
    about: str | Promise
    by_mail: BoundField
    by_push: BoundField


class NotificationsForm(forms.Form):
    is_on = forms.BooleanField(label=_("Keep quiet hours"), required=False)
    starts = forms.TimeField(label=_("From"), widget=CLOCK)
    ends = forms.TimeField(label=_("Until"), widget=CLOCK)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        user: User,
        channels: dict[str, Channels],
        quiet: QuietTimes,
    ) -> None:
        super().__init__(data, initial=vars(quiet))
        self.kinds = kinds_for(user)
        for kind in self.kinds:
            current = channels[kind.name]
            self._add_checkbox(f"mail.{kind.name}", kind.label, is_on=current.by_mail)
            self._add_checkbox(f"push.{kind.name}", kind.label, is_on=current.by_push)

    def _add_checkbox(self, name: str, label: str | Promise, *, is_on: bool) -> None:
        self.fields[name] = forms.BooleanField(label=str(label), required=False, initial=is_on)

    def rows(self) -> Iterator[KindRow]:
        for kind in self.kinds:
            by_mail, by_push = self[f"mail.{kind.name}"], self[f"push.{kind.name}"]
            yield KindRow(kind.label, kind.about, by_mail, by_push)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and starts == ends:
            self.add_error("ends", _("Quiet hours end at another time than they start."))
        return cleaned

    def channels(self) -> dict[str, Channels]:
        return {
            kind.name: Channels(
                by_mail=self.cleaned_data[f"mail.{kind.name}"],
                by_push=self.cleaned_data[f"push.{kind.name}"],
            )
            for kind in self.kinds
        }

    def quiet(self) -> QuietTimes:
        names = ("is_on", "starts", "ends")
        return QuietTimes(**{name: self.cleaned_data[name] for name in names})


class BrowserForm(forms.Form):
    """What the script sends when a browser subscribes."""

    endpoint = forms.CharField(max_length=500)
    public_key = forms.CharField(max_length=100)
    secret = forms.CharField(max_length=40)

    def browser(self) -> BrowserKeys:
        return BrowserKeys(**self.cleaned_data)
