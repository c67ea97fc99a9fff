from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ids import uuid7
from messaging.inbox.answers import AnswerChannel
from messaging.models import CannedAnswer
from messaging.recovery.forms import AssignForm
from templates_app.rendering import unknown_variables
from workspaces.models import Workspace

MAX_LENGTH = 1000
MAX_NOTE_LENGTH = 2000


class AnswerForm(forms.Form):
    """An answer. `key` becomes the id of the message, so a form sent twice answers once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    # Rendered beside the text and not in the thread, which is renewed while somebody writes: it
    # stays the number of answers that they saw when they began.
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    channel = forms.ChoiceField(label=gettext_lazy("Answer by"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea({"rows": 3, "data-canned": "canned"}),
        help_text=gettext_lazy(
            "“/” opens your canned answers. It costs one credit. No diagnoses: others may read"
            " along."
        ),
    )

    def __init__(self, *args: Any, channels: Sequence[AnswerChannel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (option.channel, option.channel.label) for option in channels if not option.why_not
        ]

    def message_id(self) -> UUID:
        key: UUID = self.cleaned_data["key"]
        return key


class ConversationAssignForm(AssignForm):
    """Choose who looks after a conversation, or nobody."""

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, workspace=workspace, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.required = False
        field.empty_label = _("Nobody")


class CloseForm(forms.Form):
    # The thread renders it, so that it is renewed with the texts that the thread shows.
    last_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class ConversationNoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note for your team"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It is never sent. The patient gets it if they ask for their data."),
    )


class CannedAnswerForm(forms.ModelForm[CannedAnswer]):
    class Meta:
        model = CannedAnswer
        fields: ClassVar = ["name", "content"]
        widgets: ClassVar = {"content": forms.Textarea({"rows": 5})}
        help_texts: ClassVar = {
            "content": gettext_lazy(
                "{{firstName}}, {{name}}, {{practice}} and {{doctor}} are filled in."
            )
        }

    def clean_content(self) -> str:
        content: str = self.cleaned_data["content"]
        for unknown in unknown_variables(content):
            raise ValidationError(
                _("There is no %(written)s. Did you mean {{%(nearest)s}}?")
                % {"written": unknown.written, "nearest": unknown.nearest or "firstName"}
            )
        return content

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = CannedAnswer.objects.within(self.instance.workspace).filter(name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is one of that name already."))
        return name
