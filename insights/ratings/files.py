"""The columns of the list as CSV.

Whether a patient probably wrote a review is not among them: such a guess never leaves the clinic.
"""

from django.utils.translation import gettext_lazy as _

from core import csv_exports
from insights.ratings.visits import labels_of
from insights.topics.comments import words_of
from messaging.models import Message


def _case_status(ask: Message) -> str:
    feedback = getattr(ask, "feedback", None)
    return str(feedback.get_status_display()) if feedback else ""


def _has_clicked(ask: Message) -> object:
    return _("yes") if ask.patient.review_clicks else ""


COLUMNS: list[csv_exports.Column[Message]] = [
    (_("Visit"), lambda ask: ask.patient.appointment_time),
    (_("Asked on"), lambda ask: ask.sent_at or ask.created_at),
    (_("Patient"), lambda ask: ask.patient.name),
    (_("Practice"), lambda ask: ask.campaign.practice.name),
    (_("Doctor"), lambda ask: ask.shown_doctor),  # type: ignore[attr-defined]  # by `with_words`
    (_("Campaign"), lambda ask: ask.campaign.name),
    (_("Channel"), lambda ask: ask.get_channel_display()),
    (_("Status"), lambda ask: ask.get_status_display()),
    (_("Rating"), lambda ask: ask.rating),
    (_("Comment"), lambda ask: "\n".join(words.text for words in words_of(ask))),
    (_("Topics"), lambda ask: ", ".join(labels_of(ask).topic_names)),
    (_("Urgency"), lambda ask: str(labels_of(ask).urgency.label)),
    (_("Case"), _case_status),
    (_("Opened the review page"), _has_clicked),
]
