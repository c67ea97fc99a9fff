from django import forms

from messaging.patient_texts.pages import page_texts


class RatingForm(forms.Form):
    rating = forms.IntegerField(min_value=1, max_value=5)


class FeedbackForm(forms.Form):
    """A comment. A text that is too long is refused and not cut, so that no words are lost."""

    comment = forms.CharField(max_length=2000)

    def retry_context(self, language: str) -> dict[str, str]:
        """Return what the page needs to show the form again: the typed text and the error."""
        typed = self.data.get("comment", "")
        problem = "feedback_long" if typed.strip() else "feedback_empty"
        return {"typed": typed, "problem": page_texts(language)[problem]}
