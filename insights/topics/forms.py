from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.home.forms import ResultsForm
from insights.topics.comments import Tone
from messaging.models import Topic

TONES = [
    ("", _("All ratings")),
    (Tone.HAPPY, _("Rated 4 or 5")),
    (Tone.UNHAPPY, _("Rated 1 to 3")),
]


class CommentsForm(ResultsForm):
    """The form of the results, and the topic and tone of the words."""

    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )
    tone = forms.ChoiceField(label=_("Rating"), required=False, choices=TONES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["period", "topic", "tone"])
