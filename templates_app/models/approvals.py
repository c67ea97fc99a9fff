"""WhatsApp texts: what Meta says about each, and the requests to approve one."""

from datetime import timedelta

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from templates_app.models.texts import Template
from workspaces.models import Workspace

APPROVALS: dict[str, str | Promise] = {
    "approved": _("approved"),
    "received": _("received by Meta"),
    "pending": _("Meta is deciding"),
    "rejected": _("rejected"),
    "paused": _("paused by Meta"),
    "disabled": _("disabled by Meta"),
    "unsubmitted": _("not submitted"),
}
FAILED_CHECKS: dict[str, str | Promise] = {
    "not found": _("Twilio knows no such template"),
    "unreachable": _("Twilio could not be reached"),
    "no text in it": _("the template holds no text"),
}


class ApprovalNews(models.TextChoices):
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    CATEGORY = "CATEGORY", _("Another category")
    STOPPED = "STOPPED", _("Paused or disabled")


class Category(models.TextChoices):
    UTILITY = "UTILITY", _("Utility")
    MARKETING = "MARKETING", _("Marketing")


def category_label(category: str) -> str:
    """Return the label of a category, or Meta's own word for one that is new to us."""
    return str(dict(Category.choices).get(category, category))


# After this time a check is considered lost, and pages stop waiting for it.
CHECK_TIMEOUT = timedelta(seconds=60)


class ApprovedText(BaseModel):
    """A WhatsApp template as Meta approved it, read from Twilio by its content SID.

    This is what patients read when the template is sent. It is kept apart from `Template` because a
    template can get another SID later, and messages sent with the old one still need its text.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    content_sid = models.CharField(_("WhatsApp content SID"), max_length=34)
    variables = models.JSONField(
        _("variables"),
        null=True,
        blank=True,
        help_text=_("Ours, in the order of the gaps. Empty: those of the text that uses it."),
    )
    body = models.TextField(
        _("text"), blank=True, help_text=_("With numbered gaps. Empty until Twilio has told it.")
    )
    buttons = models.JSONField(_("buttons"), default=list, blank=True)
    samples = models.JSONField(
        _("sample values"),
        default=dict,
        blank=True,
        help_text=_("Twilio fills a gap with these where we send no value."),
    )
    content_type = models.CharField(_("kind of content"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    status = models.CharField(
        _("approval"), max_length=30, blank=True, help_text=_("In Twilio’s word for it.")
    )
    category = models.CharField(_("category"), max_length=30, blank=True)
    previous_category = models.CharField(
        _("category before Meta changed it"), max_length=30, blank=True, default="", db_default=""
    )
    rejection_reason = models.CharField(_("why rejected"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("text read"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=100, blank=True)
    news = models.CharField(
        _("news for the owners"),
        max_length=10,
        choices=ApprovalNews,
        blank=True,
        default="",
        db_default="",
        help_text=_("Until the mail about it was sent."),
    )
    retired_at = models.DateTimeField(
        _("deleted at Twilio"),
        null=True,
        blank=True,
        help_text=_("It is kept for the messages that were sent with it."),
    )

    objects = TenantQuerySet["ApprovedText"].as_manager()

    class Meta:
        verbose_name = _("approved text")
        verbose_name_plural = _("approved texts")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "content_sid"], name="templates_app_approvedtext_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "id"], name="templates_app_approvedtext_workspace_id"
            ),
            models.CheckConstraint(
                condition=Q(news__in=["", *ApprovalNews.values]),
                name="templates_app_approvedtext_news_known",
            ),
            models.CheckConstraint(
                condition=Q(fetched_at=None, body="") | Q(fetched_at__isnull=False) & ~Q(body=""),
                name="templates_app_approvedtext_fetched_with_its_text",
            ),
            RowSecurity(name="templates_app_approvedtext_row_security"),
        ]

    def __str__(self) -> str:
        return self.content_sid

    @property
    def is_approved(self) -> bool:
        return self.status == "approved"

    @property
    def may_be_sent(self) -> bool:
        """Return whether messages go with it, as `messaging/dispatch/composing.py` decides it.

        Until Twilio was asked about a template that platform staff entered, the status is empty.
        """
        return self.status in ("", "approved")

    @property
    def status_label(self) -> str | Promise:
        """Return the label of the status, or Twilio's own word for a status that is new to us."""
        return APPROVALS.get(self.status, self.status)

    @property
    def category_label(self) -> str:
        return category_label(self.category)

    @property
    def previous_category_label(self) -> str:
        return category_label(self.previous_category)

    @property
    def error_label(self) -> str | Promise:
        return FAILED_CHECKS.get(self.error, self.error)

    @property
    def is_being_checked(self) -> bool:
        """Return whether a check is under way. The periodic task repeats one that was lost."""
        if self.asked_at is None or self.asked_at < timezone.now() - CHECK_TIMEOUT:
            return False
        return self.checked_at is None or self.checked_at < self.asked_at


class RequestState(models.TextChoices):
    HELD = "HELD", _("Waits for our team")
    QUEUED = "QUEUED", _("Being sent to Meta")
    CREATED = "CREATED", _("Being submitted to Meta")
    SUBMITTED = "SUBMITTED", _("Meta is reviewing it")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected by Meta")
    REFUSED = "REFUSED", _("Not submitted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    REPLACED = "REPLACED", _("Replaced by a newer one")


MOVING = (RequestState.QUEUED, RequestState.CREATED)
OPEN = (RequestState.HELD, *MOVING, RequestState.SUBMITTED)
CLOSED = (
    RequestState.REJECTED,
    RequestState.REFUSED,
    RequestState.WITHDRAWN,
    RequestState.REPLACED,
)
# Which state may follow which. Meta may approve a rejected text after an appeal.
NEXT_STATES: dict[str, tuple[RequestState, ...]] = {
    RequestState.HELD: (RequestState.QUEUED, RequestState.REFUSED, RequestState.WITHDRAWN),
    RequestState.QUEUED: (RequestState.CREATED, RequestState.REFUSED, RequestState.WITHDRAWN),
    RequestState.CREATED: (RequestState.SUBMITTED, RequestState.REFUSED, RequestState.WITHDRAWN),
    RequestState.SUBMITTED: (
        RequestState.APPROVED,
        RequestState.REJECTED,
        RequestState.WITHDRAWN,
    ),
    RequestState.APPROVED: (RequestState.REPLACED,),
    RequestState.REJECTED: (RequestState.APPROVED,),
}


class ApprovalRequest(BaseModel):
    """One state of a text that is, or was, submitted to Meta as a WhatsApp template.

    It holds the words as they were submitted: the text may be edited while Meta decides. What
    Twilio says about it is in the approved text, from the moment when Twilio has created it.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    template = models.ForeignKey(
        Template,
        verbose_name=_("template"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="approval_requests",
        db_constraint=False,
    )
    approved_text = models.ForeignKey(
        ApprovedText,
        verbose_name=_("approved text"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="requests",
        db_constraint=False,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RequestState, default=RequestState.QUEUED
    )
    name = models.CharField(
        _("name at WhatsApp"),
        max_length=60,
        unique=True,
        help_text=_("Twilio is asked for it before a template is created a second time."),
    )
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("text"), help_text=_("With numbered gaps."))
    variables = models.JSONField(_("variables"), default=list, blank=True)
    samples = models.JSONField(_("sample values"), default=dict, blank=True)
    buttons = models.JSONField(_("buttons"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=10)
    category = models.CharField(_("category asked for"), max_length=10, choices=Category)
    requested_by = models.CharField(_("requested by"), max_length=120)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = TenantQuerySet["ApprovalRequest"].as_manager()

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=MOVING),
                name="approvalrequest_moving",
            ),
            # Finds a template of the same words that another clinic has submitted.
            HashIndex(fields=["body"], name="approvalrequest_body"),
        ]
        constraints = [
            choices_constraint("state", RequestState, name="templates_app_approvalrequest_state"),
            choices_constraint("category", Category, name="templates_app_approvalrequest_category"),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(state__in=OPEN),
                name="templates_app_approvalrequest_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        RequestState.CREATED,
                        RequestState.SUBMITTED,
                        RequestState.APPROVED,
                        RequestState.REJECTED,
                        RequestState.REPLACED,
                    ]
                )
                | Q(approved_text__isnull=False),
                name="templates_app_approvalrequest_created_has_content",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | ~Q(state__in=CLOSED) & Q(closed_at=None),
                name="templates_app_approvalrequest_closed_with_its_time",
            ),
            SameWorkspace(field="template", name="templates_app_approvalrequest_template_fk"),
            SameWorkspace(field="approved_text", name="templates_app_approvalrequest_text_fk"),
            RowSecurity(name="templates_app_approvalrequest_row_security"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_moving(self) -> bool:
        """Return whether a worker is about to submit it, so that a page should wait."""
        return self.state in MOVING

    @property
    def error_label(self) -> str | Promise:
        return FAILED_CHECKS.get(self.error, self.error)

    @property
    def meta_category(self) -> str:
        """Return the category that Meta gave it, or before that the one that was asked for."""
        return (self.approved_text and self.approved_text.category) or self.category

    @property
    def category_label(self) -> str:
        return category_label(self.meta_category)

    @property
    def rejection_reason(self) -> str:
        return self.approved_text.rejection_reason if self.approved_text else ""
