from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.access import Can, people_who_may
from workspaces.models import User, Workspace

MAX_TEXT_LENGTH = 2000


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For your team; the patient does not see it."),
    )


class ResolveForm(forms.Form):
    text = forms.CharField(
        label=_("What was done"),
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("So that the next person who sees this patient knows."),
    )


class UserChoiceField(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class AssignForm(forms.Form):
    """Choose an assignee among those who may answer patients."""

    to = UserChoiceField(
        label=_("Who looks after it"), queryset=None, empty_label=_("Choose someone")
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, UserChoiceField)
        field.queryset = (
            User.objects.within(workspace)
            .filter(people_who_may(Can.ANSWER_PATIENTS))
            .order_by("name")
        )
