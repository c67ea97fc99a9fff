from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.models import Report


class ReportForm(forms.ModelForm[Report]):
    # The scheme is named because Django changes its default.
    booking_url = forms.URLField(
        label=_("Page for appointments"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Begins with https://. The report links to it."),
        widget=forms.URLInput({"autocomplete": "off"}),
    )

    class Meta:
        model = Report
        fields: ClassVar = ["description", "booking_url", "shows_google", "is_indexable"]
        labels: ClassVar = {
            "description": _("About the practice"),
            "shows_google": _("Show the rating at Google too"),
            "is_indexable": _("Search engines may show the report"),
        }
        help_texts: ClassVar = {
            "shows_google": _(
                "Google’s average and number of reviews, apart from your own ratings and with a"
                " link to your listing, in the report and on the large badge. Only while Google"
                " is connected."
            ),
            "is_indexable": _(
                "Otherwise only people who have the link find it. A search engine can take weeks"
                " to add the report, or to forget it again."
            ),
        }
        widgets: ClassVar = {"description": forms.Textarea({"rows": 3, "autocomplete": "off"})}

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or []}
