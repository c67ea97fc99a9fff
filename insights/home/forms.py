"""The form with the period and the filters. It is sent by GET, so that people can share its URL."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from insights.filters import By, Filters
from insights.periods import Period, PeriodKind
from patients.campaigns_seen import campaigns_seen_by
from templates_app.models import Channel
from workspaces.models import User, Workspace

PERIODS = [
    (PeriodKind.WEEK, _("7 days")),
    (PeriodKind.MONTH, _("30 days")),
    (PeriodKind.QUARTER, _("90 days")),
    (PeriodKind.YEAR, _("12 months")),
    (PeriodKind.OWN, _("From … to …")),
]
Choices = Sequence[tuple[str, Any]]


class ResultsForm(forms.Form):
    period = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, required=False, widget=forms.RadioSelect
    )
    practice = forms.ChoiceField(label=_("Practice"), required=False)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    doctor = forms.ChoiceField(label=_("Doctor"), required=False)
    appointment_type = forms.ChoiceField(label=_("Kind of appointment"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        user: User,
        doctors: Sequence[str],
        kinds: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        campaigns = campaigns_seen_by(user, within=workspace).order_by("name")
        practices = workspace.practices.order_by("name")
        self._set_choices(
            "practice",
            _("All practices"),
            [(str(practice.pk), practice.name) for practice in practices],
        )
        self._set_choices(
            "campaign",
            _("All campaigns"),
            [(str(campaign.pk), campaign.name) for campaign in campaigns],
        )
        self._set_choices("doctor", _("All doctors"), [(name, name) for name in doctors])
        self._set_choices("appointment_type", _("All kinds"), [(name, name) for name in kinds])
        self._set_choices("channel", _("All channels"), Channel.choices)

    def _set_choices(self, name: str, all_label: str | Promise, choices: Choices) -> None:
        """Fill in a select. Remove the field if there is only one choice."""
        if len(choices) < 2:  # noqa: PLR2004 - all and one are the same
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", all_label), *choices]


def build_query(period: Period, filters: Filters) -> str:
    """Return the query string that `periods.chosen` and `filters.chosen` parse."""
    query = {"period": str(period.kind)}
    if period.kind is PeriodKind.OWN:
        query |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    values = {by.value: getattr(filters, by.value) for by in By}
    return urlencode(query | {name: str(value) for name, value in values.items() if value})
