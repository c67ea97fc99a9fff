from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Review, ReviewReply
from reviews.models.reply import MAX_REPLY_BYTES


class VersionForm(forms.Form):
    """Which version of a reply the person has seen. 0 means none."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReplyForm(VersionForm):
    """The text of a reply, and which version of it the person has seen."""

    text = forms.CharField(
        label=_("Your reply"),
        # No letter is shorter than a byte. The action counts exactly and explains the limit.
        max_length=4 * MAX_REPLY_BYTES,
        strip=False,
        widget=forms.Textarea({"rows": 6, "autocomplete": "off"}),
        help_text=_("Everybody can read it. Speak of the comment, never of a visit."),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")

    @classmethod
    def for_review(
        cls, review: Review, reply: ReviewReply | None, *, text: str | None = None
    ) -> "ReplyForm":
        """Return the form with the reply as it is, or with another text for it."""
        if text is None:
            text = reply.text if reply else review.published_reply
        version = reply.version if reply else 0
        return cls(initial={"text": text, "version": version})

    def accept_changes_of_others(self, reply: ReviewReply | None) -> None:
        """Let the next submit overwrite the change that was just reported."""
        typed: dict[str, Any] = {name: self.data.get(name) for name in self.data}
        self.data = typed | {"version": reply.version if reply else 0}
