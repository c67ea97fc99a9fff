"""What the results are about: a form of GET, so that an address can be kept and sent on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from insights import filters as choosing
from insights.filters import By, Filters
from insights.periods import Period, PeriodKind
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
        campaigns = choosing.campaigns(workspace, visible_to=user).order_by("name")
        practices = workspace.practices.order_by("name")
        self._offer("practice", _("All practices"), [(str(one.pk), one.name) for one in practices])
        self._offer("campaign", _("All campaigns"), [(str(one.pk), one.name) for one in campaigns])
        self._offer("doctor", _("All doctors"), [(name, name) for name in doctors])
        self._offer("appointment_type", _("All kinds"), [(name, name) for name in kinds])
        self._offer("channel", _("All channels"), Channel.choices)

    def _offer(self, name: str, all_of_them: str | Promise, choices: Choices) -> None:
        """One practice, or one doctor, is nothing to choose from."""
        if len(choices) < 2:  # noqa: PLR2004 - all and one are the same
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", all_of_them), *choices]


def address_of(period: Period, filters: Filters) -> str:
    """The query that `periods.chosen` and `filters.chosen` read back as these."""
    wishes = {"period": str(period.kind)}
    if period.kind is PeriodKind.OWN:
        wishes |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    narrowed = {by.value: getattr(filters, by.value) for by in By}
    return urlencode(wishes | {name: str(value) for name, value in narrowed.items() if value})
