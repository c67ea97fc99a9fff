from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from templates_app.models import ASKS, Category, Template
from templates_app.whatsapp.requests import SubmissionChoices
from templates_app.whatsapp.wording_rules import advised_category


class SubmissionForm(forms.Form):
    category = forms.ChoiceField(
        label=_("Category"),
        widget=forms.RadioSelect,
        choices=[
            (
                Category.UTILITY,
                _("Utility: about this visit, such as a neutral question how it was"),
            ),
            (Category.MARKETING, _("Marketing: asks for something more, such as a public review")),
        ],
        help_text=_(
            "Meta decides it in the end, and changes it where it finds the other one right. Utility"
            " costs less; a text that asks for a review seldom stays utility."
        ),
    )
    with_buttons = forms.BooleanField(
        label=_("With buttons from 1 to 5"),
        required=False,
        help_text=_("Patients answer with a tap. More than three appear as a list."),
    )

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].initial = advised_category(template)
        if template.type in ASKS:
            self.fields["with_buttons"].initial = True
        else:
            del self.fields["with_buttons"]

    def choices(self) -> SubmissionChoices:
        return SubmissionChoices(
            category=self.cleaned_data["category"],
            with_buttons=self.cleaned_data.get("with_buttons", False),
        )
