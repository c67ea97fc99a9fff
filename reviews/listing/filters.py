"""The filters of the list, read from its address."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging import understanding
from messaging.models import Topic
from reviews.listing.search import MAX_LENGTH, with_words
from reviews.listing.states import CONDITIONS, ReviewState
from reviews.models import Review
from workspaces.models import Practice, Workspace
from workspaces.practices import workspace_time_zone

LOW = "low"
LOW_STARS = (1, 2, 3)
STARS = [
    ("", _("Any stars")),
    (LOW, _("1 to 3 ★")),
    *((str(stars), f"{stars} ★") for stars in (5, 4, 3, 2, 1)),
]
OWN = "own"
# The values are those of the results, because the tabs of the section keep their filters.
PERIODS = [
    ("", _("All time")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("12m", _("12 months")),
    (OWN, _("From … to …")),
]
DAYS = {"30": 30, "90": 90, "12m": 365}


class ReviewFilterForm(forms.Form):
    period = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, required=False, widget=forms.RadioSelect
    )
    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=MAX_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("State of the reply"),
        required=False,
        choices=[("", _("All reviews")), *ReviewState.choices],
    )
    stars = forms.ChoiceField(label=_("Stars"), required=False, choices=STARS)
    practice: "forms.ModelChoiceField[Practice]" = forms.ModelChoiceField(
        label=_("Practice"), queryset=None, required=False, empty_label=_("All practices")
    )
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )
    # The template writes these two, which are shown for a period of one's own only.
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)

    def __init__(self, query: Mapping[str, str], *, workspace: Workspace) -> None:
        data = {name: query.get(name, "") for name in ("q", "state", "stars", "practice", "topic")}
        period = query.get("period", "")
        data |= {"first": query.get("from", ""), "last": query.get("to", "")}
        # The results have a week as well, which is too short for reviews.
        data["period"] = period if period in dict(PERIODS) else ""
        super().__init__(data)
        self.workspace = workspace
        if not understanding.is_available():
            del self.fields["topic"]
        offered = self.fields["practice"]
        assert isinstance(offered, forms.ModelChoiceField)
        practices = workspace.practices.order_by("name")
        offered.queryset = practices
        # Read once: the template counts them as well.
        offered.choices = [
            ("", offered.empty_label),
            *((str(practice.pk), practice.name) for practice in practices),
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid filters. What does not exist is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    @property
    def chosen_practice(self) -> Practice | None:
        return self.chosen.get("practice")

    def apply(self, reviews: QuerySet[Review]) -> QuerySet[Review]:
        chosen = self.chosen
        if practice := chosen.get("practice"):
            reviews = reviews.filter(location__practice=practice)
        if stars := chosen.get("stars"):
            reviews = reviews.filter(stars__in=LOW_STARS if stars == LOW else [int(stars)])
        if state := chosen.get("state"):
            reviews = reviews.filter(CONDITIONS[ReviewState(state)])
        if topic := chosen.get("topic"):
            reviews = reviews.filter(topics__contains=[topic])
        if first := self._first_day(chosen):
            reviews = reviews.filter(posted_at__gte=self._start_of(first))
        if chosen.get("period") == OWN and (last := chosen.get("last")):
            # Not later than today, because the last day of all has no next one.
            after = min(last, self._today()) + timedelta(days=1)
            reviews = reviews.filter(posted_at__lt=self._start_of(after))
        return with_words(reviews, chosen.get("q", ""))

    def _first_day(self, chosen: dict[str, Any]) -> date | None:
        if days := DAYS.get(chosen.get("period", "")):
            return self._today() - timedelta(days=days - 1)
        return chosen.get("first") if chosen.get("period") == OWN else None

    def _today(self) -> date:
        return timezone.localdate(timezone=workspace_time_zone(self.workspace))

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), workspace_time_zone(self.workspace))
