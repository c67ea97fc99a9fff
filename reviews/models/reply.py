from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from reviews.models.review import Review
from workspaces.models import Workspace

# Google's limit. It does not say whether it counts letters or bytes, so bytes are counted.
MAX_REPLY_BYTES = 4096


class ReplyStatus(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AWAITING_APPROVAL = "AWAITING_APPROVAL", _("Waits for approval")
    QUEUED = "QUEUED", _("Being sent")
    IN_MODERATION = "IN_MODERATION", _("Google is checking it")
    PUBLISHED = "PUBLISHED", _("Published")
    REJECTED = "REJECTED", _("Rejected by Google")
    FAILED = "FAILED", _("Could not be sent")
    DELETING = "DELETING", _("Being deleted")


class ReviewReply(BaseModel):
    """What we want to stand under a review. The text that Google has is `Review.published_reply`.

    There is one row for each review. To set the same reply twice at Google changes nothing, so a
    call whose answer was lost is simply repeated.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="replies"
    )
    review = models.OneToOneField(
        Review,
        verbose_name=_("review"),
        on_delete=models.CASCADE,
        related_name="reply",
        db_constraint=False,
    )
    text = models.TextField(_("text"))
    status = models.CharField(
        _("status"), max_length=20, choices=ReplyStatus, default=ReplyStatus.DRAFT
    )
    # Rises with each change by a person, so that two who reply at once cannot overwrite each other,
    # and a worker can see that the text it sent is no longer the one that is wanted.
    version = models.PositiveIntegerField(_("version"), default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    author_name = models.CharField(_("written by"), max_length=120)
    approved_by_name = models.CharField(_("approved by"), max_length=120, blank=True)
    overridden_by_name = models.CharField(_("sent against the gate by"), max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Also the lease: a worker moves it on before it calls Google.
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("taken by Google"), null=True, blank=True)
    settled_at = models.DateTimeField(_("final since"), null=True, blank=True)

    objects = TenantQuerySet["ReviewReply"].as_manager()

    class Meta:
        verbose_name = _("reply to a review")
        verbose_name_plural = _("replies to reviews")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="reviewreply_due",
            )
        ]
        constraints = [
            choices_constraint("status", ReplyStatus, name="reviews_reviewreply_status_known"),
            models.CheckConstraint(condition=~Q(text=""), name="reviews_reviewreply_has_text"),
            # Only these states wait for a worker, and each of them must: none is forgotten.
            models.CheckConstraint(
                condition=Q(
                    status__in=["QUEUED", "IN_MODERATION", "DELETING"], next_try_at__isnull=False
                )
                | ~Q(status__in=["QUEUED", "IN_MODERATION", "DELETING"]) & Q(next_try_at=None),
                name="reviews_reviewreply_due_while_unsettled",
            ),
            SameWorkspace(field="review", name="reviews_reviewreply_review_fk"),
            SameWorkspace(field="author", name="reviews_reviewreply_author_fk"),
            RowSecurity(name="reviews_reviewreply_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
