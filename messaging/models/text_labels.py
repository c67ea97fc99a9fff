from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, choices_constraint
from messaging.models.message import Message
from messaging.models.visibility import VisibleWithPatient
from patients.models import Patient
from workspaces.models import Workspace


class TextSource(models.TextChoices):
    """Where a text of a patient is stored. The value of `source_id` is the id of that row."""

    COMMENT = "COMMENT", _("Comment with the rating")
    FEEDBACK = "FEEDBACK", _("Private form")
    INBOUND = "INBOUND", _("Message")


class Topic(models.TextChoices):
    WAITING = "waiting", _("Waiting time")
    CARE = "care", _("Medical care")
    EXPLANATION = "explanation", _("Explanations")
    KINDNESS = "kindness", _("Kindness")
    RECEPTION = "reception", _("Reception")
    PRICE = "price", _("Price")
    OUTCOME = "outcome", _("Outcome")
    FACILITIES = "facilities", _("Facilities")
    SCHEDULING = "scheduling", _("Scheduling")
    PRIVACY = "privacy", _("Privacy of data")
    OTHER = "other", _("Something else")


class Urgency(models.TextChoices):
    """In the order in which a clinic should act. `none` is last."""

    EMERGENCY = "emergency", _("Medical emergency")
    HARM = "harm", _("Says they were harmed")
    LEGAL = "legal", _("Legal steps")
    LEAVING = "leaving", _("Wants to leave")
    NONE = "none", _("Not urgent")


class Sentiment(models.TextChoices):
    POSITIVE = "positive", _("Positive")
    NEUTRAL = "neutral", _("Neutral")
    NEGATIVE = "negative", _("Negative")
    UNCLEAR = "unclear", _("Unclear")


# Sorts the most urgent first.
URGENCY_ORDER = Case(
    *(When(urgency=value, then=rank) for rank, value in enumerate(Urgency.values)),
    output_field=models.SmallIntegerField(),
)


class TextLabelsQuerySet(VisibleWithPatient["TextLabels"]):
    def urgent(self) -> Self:
        return self.exclude(urgency=Urgency.NONE)


class TextLabels(BaseModel):
    """What one text of a patient is about, and how urgent it is.

    The local reader finds the labels. A member may correct them; a correction is never overwritten
    by the reader, and serves as an example for the next training.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="text_labels"
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.CASCADE,
        related_name="text_labels",
        db_constraint=False,
    )
    message = models.ForeignKey(
        Message,
        verbose_name=_("message"),
        on_delete=models.CASCADE,
        related_name="text_labels",
        db_constraint=False,
        help_text=_("The ask about the same visit."),
    )
    source = models.CharField(_("source"), max_length=8, choices=TextSource)
    source_id = models.UUIDField(_("row of the text"), editable=False)
    topics = ArrayField(
        models.CharField(max_length=12, choices=Topic), verbose_name=_("topics"), default=list
    )
    urgency = models.CharField(_("urgency"), max_length=9, choices=Urgency, default=Urgency.NONE)
    sentiment = models.CharField(
        _("sentiment"), max_length=8, choices=Sentiment, default=Sentiment.UNCLEAR
    )
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    reader = models.CharField(
        _("version of the reader"),
        max_length=20,
        blank=True,
        default="",
        help_text=_("Empty: the reader was not installed when the text came."),
    )
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
    corrected_by_name = models.CharField(_("corrected by"), max_length=120, blank=True, default="")
    alerted_at = models.DateTimeField(_("members told"), null=True, blank=True, editable=False)

    objects = TextLabelsQuerySet.as_manager()

    class Meta:
        verbose_name = _("labels of a text")
        verbose_name_plural = _("labels of texts")
        indexes = [
            models.Index(fields=["message"], name="textlabels_message"),
            # For the alerts that were not sent yet: almost always empty.
            models.Index(
                fields=["created_at"],
                condition=Q(alerted_at=None) & ~Q(urgency="none"),
                name="textlabels_to_alert",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="messaging_textlabels_one_a_text"
            ),
            choices_constraint("source", TextSource, name="messaging_textlabels_source_known"),
            choices_constraint("urgency", Urgency, name="messaging_textlabels_urgency_known"),
            choices_constraint("sentiment", Sentiment, name="messaging_textlabels_sentiment_known"),
            models.CheckConstraint(
                condition=Q(topics__contained_by=Topic.values),
                name="messaging_textlabels_topics_known",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None, corrected_by_name="")
                | Q(corrected_at__isnull=False) & ~Q(corrected_by_name=""),
                name="messaging_textlabels_correction_has_a_name",
            ),
            SameWorkspace(field="patient", name="messaging_textlabels_patient_fk"),
            SameWorkspace(field="message", name="messaging_textlabels_message_fk"),
            RowSecurity(name="messaging_textlabels_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_urgent(self) -> bool:
        return self.urgency != Urgency.NONE

    @property
    def topic_names(self) -> list[str]:
        return [str(Topic(code).label) for code in self.topics]


@dataclass(frozen=True)
class VisitLabels:
    """The labels of all texts of a visit taken together, for a card, a row or an API object."""

    topics: list[Topic]
    urgency: Urgency

    @property
    def is_urgent(self) -> bool:
        return self.urgency != Urgency.NONE

    @property
    def topic_names(self) -> list[str]:
        return [str(topic.label) for topic in self.topics]


def summarize_labels(texts: Iterable[TextLabels]) -> VisitLabels:
    """Return all topics in their usual order, and the highest urgency."""
    texts = list(texts)
    codes = {code for text in texts for code in text.topics}
    found = {text.urgency for text in texts}
    return VisitLabels(
        topics=[topic for topic in Topic if topic in codes],
        urgency=next((level for level in Urgency if level in found), Urgency.NONE),
    )
