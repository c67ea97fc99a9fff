"""Notice that somebody else has changed a row while a person was editing it in a form."""

from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.utils import timezone

from core.errors import ProblemError
from core.models.base import BaseModel

M = TypeVar("M", bound=BaseModel)


class EditForm(forms.ModelForm[M]):
    """A form whose hidden field `seen` is the `updated_at` of its row when it was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def seen_at(self) -> datetime:
        """Return when the row had changed last, or now, which no row has, if `seen` is invalid."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return timezone.now()

    def accept_changes_of_others(self) -> None:
        """Let the next submit overwrite the changes that were just reported."""
        self.instance.refresh_from_db()
        typed = {name: self.data.get(name) for name in self.data}
        self.data = typed | {"seen": self.instance.updated_at.isoformat()}


def require_unchanged(row: BaseModel, seen_at: datetime | None, message: Any) -> None:
    """Refuse with the message if the row, which is locked, was changed after `seen_at`."""
    if seen_at and row.updated_at != seen_at:
        raise ProblemError(message)
