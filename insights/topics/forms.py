from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.home.forms import ResultsForm
from insights.topics.comments import RatingRange
from messaging.models import Topic

ALL_RATINGS = "ratings"
SHOWN = [("", _("Visits with words")), (ALL_RATINGS, _("All ratings"))]
RATINGS = [
    ("", _("All ratings")),
    (RatingRange.HAPPY, _("Rated 4 or 5")),
    (RatingRange.UNHAPPY, _("Rated 1 to 3")),
    *((stars, f"{stars} ★") for stars in "54321"),
]


class CommentsForm(ResultsForm):
    """The form of the results, and what else the visits are chosen by."""

    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )
    rating = forms.ChoiceField(label=_("Rating"), required=False, choices=RATINGS)
    shown = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["period", "topic", "rating", "shown"])
