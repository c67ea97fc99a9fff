from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.models import Topic, Urgency


class CorrectLabelsForm(forms.Form):
    topics = forms.MultipleChoiceField(
        label=_("What it is about"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
