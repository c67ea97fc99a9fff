from decimal import Decimal

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from messaging.assistant.consent import MIN_BUDGET_USD


class TurnOnForm(forms.Form):
    """The owner's agreement, or a new budget while it is on."""

    budget = forms.DecimalField(
        label=_("Budget a month, in US dollars"),
        max_digits=8,
        decimal_places=2,
        help_text=_("When it is used up, the assistant stops until the first of the next month."),
    )
    agrees = forms.BooleanField(
        label=_("I agree that the words of our patients are sent as described here"),
        help_text=_("Your privacy notice to patients must name this recipient."),
    )

    def __init__(self, *args: object, is_on: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        limits = {"min": MIN_BUDGET_USD, "max": settings.AI_MAX_MONTHLY_USD}
        self.fields["budget"].widget.attrs |= limits
        if is_on:
            del self.fields["agrees"]

    def clean_budget(self) -> Decimal:
        budget: Decimal = self.cleaned_data["budget"]
        if not MIN_BUDGET_USD <= budget <= settings.AI_MAX_MONTHLY_USD:
            raise forms.ValidationError(
                _("The budget is between %(least)s and %(most)s US dollars a month."),
                params={"least": MIN_BUDGET_USD, "most": settings.AI_MAX_MONTHLY_USD},
            )
        return budget
