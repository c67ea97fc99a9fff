"""What members are told, by mail and by push, and when."""

from datetime import time
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models.workspace import Workspace

QUIET_FROM = time(21)
QUIET_UNTIL = time(7)


class OfMember(BaseModel):
    """A row that belongs to one member of a workspace."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
    )

    class Meta:
        abstract = True


class NotificationChoice(OfMember):
    """How a member is told of one kind of news. Without a row, the default of the kind counts."""

    kind = models.CharField(_("kind"), max_length=60)
    by_mail = models.BooleanField(_("by e-mail"))
    by_push = models.BooleanField(_("by push"))

    objects = TenantQuerySet["NotificationChoice"].as_manager()

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="workspaces_notificationchoice_once"
            ),
            SameWorkspace(field="user", name="workspaces_notificationchoice_user_fk"),
            RowSecurity(name="workspaces_notificationchoice_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class QuietHours(OfMember):
    """When a member gets nothing that is not urgent. Without a row, the defaults count."""

    is_on = models.BooleanField(_("Quiet hours"), default=True)
    starts = models.TimeField(_("from"), default=QUIET_FROM)
    ends = models.TimeField(_("until"), default=QUIET_UNTIL)

    objects = TenantQuerySet["QuietHours"].as_manager()

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")
        constraints = [
            models.UniqueConstraint(fields=["user"], name="workspaces_quiethours_one_a_member"),
            models.CheckConstraint(
                condition=~Q(starts=F("ends")), name="workspaces_quiethours_not_the_whole_day"
            ),
            SameWorkspace(field="user", name="workspaces_quiethours_user_fk"),
            RowSecurity(name="workspaces_quiethours_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class PushSubscriptionQuerySet(TenantQuerySet["PushSubscription"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class PushSubscription(OfMember):
    """A browser of a member that shows our notifications."""

    # Somebody who has the address and both keys can write to the browser with our private key only.
    endpoint = models.URLField(_("address at the push service"), max_length=500, unique=True)
    public_key = models.CharField(_("public key of the browser"), max_length=100)
    secret = models.CharField(_("secret shared with the browser"), max_length=40)
    device = models.CharField(_("browser"), max_length=120)
    delivered_at = models.DateTimeField(_("last delivered"), null=True, blank=True)
    ended_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        help_text=_("The push service said that this browser takes no more."),
    )

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("browser with notifications")
        verbose_name_plural = _("browsers with notifications")
        indexes = [models.Index(fields=["user"], name="pushsubscription_user")]
        constraints = [
            # Lets rows refer to a subscription together with its workspace.
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_pushsubscription_workspace_id"
            ),
            SameWorkspace(field="user", name="workspaces_pushsubscription_user_fk"),
            RowSecurity(name="workspaces_pushsubscription_row_security"),
        ]

    def __str__(self) -> str:
        return self.device


class NotificationOutcome(models.TextChoices):
    WAITING = "WAITING", _("Waits")
    SENT = "SENT", _("Sent")
    NOT_WANTED = "NOT_WANTED", _("No longer wanted")
    GIVEN_UP = "GIVEN_UP", _("Could not be sent")


class NotificationQuerySet(TenantQuerySet["Notification"]):
    def waiting(self) -> Self:
        return self.filter(outcome=NotificationOutcome.WAITING)


class Notification(OfMember):
    """One mail to a member, or one push to one of their browsers. Stored before it is sent."""

    kind = models.CharField(_("kind"), max_length=60)
    cause = models.CharField(
        _("cause"), max_length=200, help_text=_("The same cause is never told twice.")
    )
    subscription = models.ForeignKey(
        PushSubscription,
        verbose_name=_("browser"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        help_text=_("Empty: by e-mail."),
    )
    path = models.CharField(_("page"), max_length=300)
    facts = models.JSONField(_("facts"), default=dict)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    outcome = models.CharField(
        _("outcome"),
        max_length=12,
        choices=NotificationOutcome,
        default=NotificationOutcome.WAITING,
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(outcome="WAITING"), name="notification_due"
            ),
            models.Index(fields=["workspace", "done_at"], name="notification_done"),
            models.Index(fields=["subscription"], name="notification_subscription"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "cause", "subscription"],
                name="workspaces_notification_once",
                nulls_distinct=False,
            ),
            choices_constraint(
                "outcome", NotificationOutcome, name="workspaces_notification_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="WAITING", done_at=None)
                | (~Q(outcome="WAITING") & Q(done_at__isnull=False)),
                name="workspaces_notification_done_or_waiting",
            ),
            SameWorkspace(field="user", name="workspaces_notification_user_fk"),
            SameWorkspace(field="subscription", name="workspaces_notification_subscription_fk"),
            RowSecurity(name="workspaces_notification_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"
