"""Until when a conversation or a case is put aside: the choices, and the form that offers them."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MORNING = time(8)
SOON = timedelta(hours=3)
LONGEST = timedelta(days=90)
MONDAY, DAYS = 0, 7


class SnoozeChoice(TextChoices):
    SOON = "soon", gettext_lazy("In 3 hours")
    TOMORROW = "tomorrow", gettext_lazy("Tomorrow at 8:00")
    MONDAY = "monday", gettext_lazy("On Monday at 8:00")
    AT = "at", gettext_lazy("At another time")


def end_of(choice: SnoozeChoice, *, now: datetime, zone: tzinfo) -> datetime:
    """Return when a snooze of this length ends. Mornings are those of the practice."""
    today = now.astimezone(zone).date()
    match choice:
        case SnoozeChoice.TOMORROW:
            return datetime.combine(today + timedelta(days=1), MORNING, zone)
        case SnoozeChoice.MONDAY:
            days = (MONDAY - today.weekday()) % DAYS or DAYS
            return datetime.combine(today + timedelta(days=days), MORNING, zone)
        case _:
            return now + SOON


class SnoozeForm(forms.Form):
    until = forms.ChoiceField(
        label=gettext_lazy("Put aside until"), choices=SnoozeChoice.choices, required=True
    )
    at = forms.DateTimeField(
        label=gettext_lazy("Another time"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_at(self) -> datetime | None:
        """Read the time as one of the practice, and not of the server."""
        at: datetime | None = self.cleaned_data["at"]
        return at and at.replace(tzinfo=self.zone)

    def clean(self) -> None:
        if self.cleaned_data.get("until") != SnoozeChoice.AT or "at" not in self.cleaned_data:
            return
        at, now = self.cleaned_data["at"], timezone.now()
        if at is None:
            self.add_error("at", ValidationError(_("Say until when.")))
        elif not now < at <= now + LONGEST:
            self.add_error(
                "at", ValidationError(_("Choose a time in the future, at most 90 days from now."))
            )

    @property
    def end(self) -> datetime:
        choice = SnoozeChoice(self.cleaned_data["until"])
        if choice is SnoozeChoice.AT:
            at: datetime = self.cleaned_data["at"]
            return at
        return end_of(choice, now=timezone.now(), zone=self.zone)
