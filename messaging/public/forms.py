from django import forms


class RatingForm(forms.Form):
    rating = forms.IntegerField(min_value=1, max_value=5)


class FeedbackForm(forms.Form):
    """An over-long text is said so, not cut: nobody's words are thrown away unasked."""

    comment = forms.CharField(max_length=2000)
