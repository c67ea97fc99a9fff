from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from messaging.models import Topic, Urgency
from messaging.models.text_labels import VisitLabels
from reviews.models.connection import GoogleLocation
from workspaces.models import Workspace


class ReviewQuerySet(TenantQuerySet["Review"]):
    def at_google(self) -> Self:
        """Return the reviews that Google still shows."""
        return self.filter(vanished_at=None)

    def unanswered(self) -> Self:
        return self.at_google().filter(published_reply="")

    def unlabelled(self) -> Self:
        """Return the reviews with words that the reader has not read."""
        return self.filter(labelled_at=None).exclude(comment="")


class Review(BaseModel):
    """A review as Google has it, and the reply that Google has.

    Google tells nothing of the reviewer but a display name. A review that is gone at Google keeps
    its stars and dates, and loses its name and words.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="reviews"
    )
    location = models.ForeignKey(
        GoogleLocation,
        verbose_name=_("location"),
        on_delete=models.CASCADE,
        related_name="reviews",
        db_constraint=False,
    )
    review_id = models.CharField(_("id at Google"), max_length=255)
    reviewer_name = models.CharField(_("reviewer"), max_length=300, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True, help_text=_("In its own language."))
    translation = models.TextField(_("Google’s translation"), blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    media_count = models.PositiveSmallIntegerField(_("pictures and videos"), default=0)
    posted_at = models.DateTimeField(_("posted"))
    changed_at = models.DateTimeField(_("changed by the reviewer"))
    published_reply = models.TextField(_("reply at Google"), blank=True)
    published_reply_at = models.DateTimeField(_("time of the reply"), null=True, blank=True)
    # Google's own words, kept as they are, because it adds new ones without notice.
    reply_state = models.CharField(_("Google’s state of the reply"), max_length=40, blank=True)
    reply_violation = models.CharField(_("Google’s reason"), max_length=300, blank=True)
    fetched_at = models.DateTimeField(_("fetched"))
    vanished_at = models.DateTimeField(_("gone at Google since"), null=True, blank=True)
    alerted_at = models.DateTimeField(_("members told"), null=True, blank=True, editable=False)
    # What the local reader found in the words. They are deleted when the words change or go.
    topics = ArrayField(
        models.CharField(max_length=12, choices=Topic),
        verbose_name=_("topics"),
        default=list,
        db_default=[],
        blank=True,
    )
    urgency = models.CharField(
        _("urgency"), max_length=9, choices=Urgency, default=Urgency.NONE, db_default=Urgency.NONE
    )
    labelled_at = models.DateTimeField(_("labelled"), null=True, blank=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [
            models.Index(fields=["workspace", "-posted_at", "-id"], name="review_recent"),
            # For attribution: which locations have recent reviews that changed.
            models.Index(fields=["location", "-posted_at"], name="review_of_location"),
            models.Index(
                fields=["workspace", "-posted_at", "-id"],
                condition=Q(published_reply="", vanished_at=None),
                name="review_unanswered",
            ),
            models.Index(
                fields=["workspace", "-posted_at", "-id"],
                condition=Q(published_reply="", vanished_at=None) & ~Q(urgency="none"),
                name="review_urgent_unanswered",
            ),
            # Empty once the reader has caught up.
            models.Index(
                fields=["-changed_at"],
                condition=Q(labelled_at=None) & ~Q(comment=""),
                name="review_to_label",
            ),
            # For the alerts that were not sent yet: almost always empty.
            models.Index(
                fields=["created_at"],
                condition=Q(alerted_at=None, stars__lte=3),
                name="review_to_alert",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="reviews_review_workspace_id"),
            models.UniqueConstraint(fields=["location", "review_id"], name="reviews_review_once"),
            models.CheckConstraint(
                condition=Q(stars=None) | Q(stars__gte=1, stars__lte=5),
                name="reviews_review_stars_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(vanished_at=None)
                | Q(reviewer_name="", comment="", translation="", published_reply=""),
                name="reviews_review_vanished_has_no_words",
            ),
            models.CheckConstraint(
                condition=Q(topics__contained_by=Topic.values), name="reviews_review_topics_known"
            ),
            choices_constraint("urgency", Urgency, name="reviews_review_urgency_known"),
            models.CheckConstraint(
                condition=Q(labelled_at__isnull=False) | Q(topics=[], urgency="none"),
                name="reviews_review_labels_have_a_time",
            ),
            # So a review that is gone, or has lost its words, cannot keep its labels.
            models.CheckConstraint(
                condition=Q(labelled_at=None) | ~Q(comment=""),
                name="reviews_review_labels_need_words",
            ),
            SameWorkspace(field="location", name="reviews_review_location_fk"),
            RowSecurity(name="reviews_review_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def was_edited(self) -> bool:
        return self.changed_at > self.posted_at

    @property
    def labels(self) -> VisitLabels:
        return VisitLabels([Topic(code) for code in self.topics], Urgency(self.urgency))

    @property
    def is_rating_only(self) -> bool:
        return not self.comment and self.vanished_at is None
