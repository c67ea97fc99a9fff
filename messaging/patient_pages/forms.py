from django import forms

from messaging.patient_pages.words import words_in


class RatingForm(forms.Form):
    rating = forms.IntegerField(min_value=1, max_value=5)


class FeedbackForm(forms.Form):
    """An over-long text is said so, not cut: nobody's words are thrown away unasked."""

    comment = forms.CharField(max_length=2000)

    def again(self, language: str) -> dict[str, str]:
        """For the page that shows the form once more: what was typed, and what is wrong with it."""
        typed = self.data.get("comment", "")
        problem = "feedback_long" if typed.strip() else "feedback_empty"
        return {"typed": typed, "problem": words_in(language)[problem]}
