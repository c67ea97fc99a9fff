from django import forms
from django.utils.translation import gettext_lazy as _


class PhoneCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("The six digits that came by SMS."),
    )
