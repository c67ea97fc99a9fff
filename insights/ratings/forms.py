from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.word_search import MAX_LENGTH
from insights.home.forms import ResultsForm
from insights.models import SavedView
from insights.ratings.search import ALL_STARS, Shown
from messaging.models import Topic, Urgency
from workspaces.access import Can, may
from workspaces.models import User, Workspace

SHOWN = [
    (Shown.RATINGS, gettext_lazy("All ratings")),
    (Shown.WORDS, gettext_lazy("Visits with words")),
    (Shown.ASKED, gettext_lazy("Everybody who was asked")),
    (Shown.DELIVERED, gettext_lazy("Delivered")),
    (Shown.ANSWERED, gettext_lazy("Answered anything")),
    (Shown.FAILED, gettext_lazy("Not delivered")),
    (Shown.CLICKED, gettext_lazy("Opened the review page")),
    (Shown.LIKELY, gettext_lazy("Likely reviewed at Google")),
    (Shown.OPTED_OUT, gettext_lazy("Opted out afterwards")),
]
MAIN_FIELDS = ["period", "rating", "shown", "q", "topic"]
MAX_OWN_VIEWS = 30


class RatingsForm(ResultsForm):
    """The form of the results, and what else visits are chosen by."""

    rating = forms.MultipleChoiceField(
        label=gettext_lazy("Rating"),
        required=False,
        choices=[(str(stars), f"{stars} ★") for stars in ALL_STARS],
        widget=forms.CheckboxSelectMultiple,
    )
    shown = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=SHOWN)
    q = forms.CharField(
        label=gettext_lazy("Words"),
        required=False,
        max_length=MAX_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("All topics")), *Topic.choices],
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        required=False,
        choices=[("", gettext_lazy("Any urgency")), *Urgency.choices],
    )
    weekday = forms.IntegerField(required=False, widget=forms.HiddenInput)
    hour = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(MAIN_FIELDS)

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [field for field in self if field.name not in MAIN_FIELDS and not field.is_hidden]


class SaveViewForm(forms.ModelForm[SavedView]):
    """A new view, or a new name for one. Only who manages the workspace may save for the clinic."""

    for_clinic = forms.BooleanField(
        label=gettext_lazy("For everybody of the clinic"),
        required=False,
        help_text=gettext_lazy("Doctors then see it too, with the patients whom they may see."),
    )

    class Meta:
        model = SavedView
        fields: ClassVar = ["name", "query"]
        widgets: ClassVar = {"query": forms.HiddenInput}
        labels: ClassVar = {"name": gettext_lazy("Name of the view")}

    def __init__(self, *args: Any, workspace: Workspace, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace, self.by = workspace, by
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if not may(by, Can.MANAGE_WORKSPACE):
            del self.fields["for_clinic"]

    @property
    def owner(self) -> User | None:
        """Whose view it is; None for the clinic's."""
        return None if self.cleaned_data.get("for_clinic") else self.by

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        same = SavedView.objects.within(self.workspace).filter(user=self.owner)
        if name := data.get("name"):
            if same.filter(name__iexact=name).exists():
                self.add_error("name", _("There is a view with this name already."))
            if same.count() >= MAX_OWN_VIEWS:
                raise ValidationError(
                    _("More than %(most)d views are not kept. Remove one that is not used.")
                    % {"most": MAX_OWN_VIEWS}
                )
        return data


class RenameViewForm(forms.ModelForm[SavedView]):
    class Meta:
        model = SavedView
        fields: ClassVar = ["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = SavedView.objects.within(self.instance.workspace_id).filter(user=self.instance.user)
        if same.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a view with this name already."))
        return name
