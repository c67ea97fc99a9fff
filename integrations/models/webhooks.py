from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from integrations.webhooks.events import event_label, subscribable_events
from workspaces.models.workspace import Workspace


class DisableReason(models.TextChoices):
    BY_HAND = "BY_HAND", _("Switched off by someone of the team")
    FAILING = "FAILING", _("It failed for three days")
    GONE = "GONE", _("It answered that it is gone (410)")


class WebhookEndpoint(BaseModel):
    """An address of the clinic's own systems, and the events that are sent to it."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="endpoints"
    )
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=24), verbose_name=_("events"))
    secret = models.CharField(_("secret"), max_length=255, help_text=_("Encrypted."))
    earlier_secret = models.CharField(_("secret before"), max_length=255, blank=True)
    earlier_secret_until = models.DateTimeField(
        _("secret before signs until"), null=True, blank=True
    )
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)
    disabled_because = models.CharField(
        _("disabled because"), max_length=8, choices=DisableReason, blank=True
    )
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    leased_until = models.DateTimeField(
        _("held until"), null=True, blank=True, help_text=_("By the worker that delivers to it.")
    )

    objects = TenantQuerySet["WebhookEndpoint"].as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="integrations_webhookendpoint_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "url"], name="integrations_webhookendpoint_once_per_address"
            ),
            models.CheckConstraint(
                condition=Q(events__len__gt=0), name="integrations_webhookendpoint_has_events"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=DisableReason.values),
                name="integrations_webhookendpoint_disabled_because",
            ),
            models.CheckConstraint(
                condition=Q(earlier_secret="", earlier_secret_until=None)
                | (~Q(earlier_secret="") & Q(earlier_secret_until__isnull=False)),
                name="integrations_webhookendpoint_earlier_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="integrations_webhookendpoint_failing_since_the_first",
            ),
            RowSecurity(name="integrations_webhookendpoint_row_security"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def event_labels(self) -> list[str]:
        return [
            str(label) for event, label in subscribable_events().items() if event in self.events
        ]


class DeliveryStatus(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", _("Delivered")
    SKIPPED = "SKIPPED", _("Skipped")


class WebhookDelivery(BaseModel):
    """One event for one endpoint, stored in the transaction of the event and delivered in order.

    `position` is the order. Ids would not do: they come from the clocks of several machines.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="deliveries",
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint,
        verbose_name=_("endpoint"),
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_constraint=False,
        db_index=False,
    )
    position = models.BigIntegerField(
        _("position"),
        editable=False,
        db_default=Func(Value("integrations_webhookdelivery_position"), function="nextval"),
    )
    event = models.CharField(_("event"), max_length=24)
    data = models.JSONField(_("data"), default=dict)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=DeliveryStatus,
        default=DeliveryStatus.WAITING,
    )
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)

    objects = TenantQuerySet["WebhookDelivery"].as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            # The queue of an endpoint: empty when everything is delivered.
            models.Index(
                fields=["endpoint", "position"],
                condition=Q(status="WAITING"),
                name="delivery_waiting",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_log"),
            # Only these contain what a patient wrote, which an erasure has to find.
            models.Index(
                fields=["workspace"],
                condition=Q(event="feedback.received"),
                name="delivery_with_words",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="integrations_webhookdelivery_workspace_id"
            ),
            choices_constraint(
                "status", DeliveryStatus, name="integrations_webhookdelivery_status_known"
            ),
            SameWorkspace(field="endpoint", name="integrations_webhookdelivery_endpoint_fk"),
            RowSecurity(name="integrations_webhookdelivery_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    @property
    def event_label(self) -> str:
        return str(event_label(self.event))

    @property
    def is_waiting(self) -> bool:
        return self.status == DeliveryStatus.WAITING


class DeliveryError(models.TextChoices):
    ADDRESS = "ADDRESS", _("The address leads into a private network, where nothing is sent")
    # One error for both, so that nobody finds out which names exist in a private network.
    NAME = "NAME", _("The name of the address is not known, or leads into a private network")
    CONNECT = "CONNECT", _("Nothing takes calls at this address")
    TLS = "TLS", _("The certificate of the address is not valid")
    TIMEOUT = "TIMEOUT", _("No answer came in time")
    BROKEN = "BROKEN", _("The answer could not be read")
    SECRET = "SECRET", _("The secret cannot be read any more: make a new one")


class DeliveryAttempt(BaseModel):
    """One try to send a delivery, and what the endpoint answered."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="attempts"
    )
    delivery = models.ForeignKey(
        WebhookDelivery,
        verbose_name=_("webhook delivery"),
        on_delete=models.CASCADE,
        related_name="attempts",
        db_constraint=False,
    )
    status_code = models.PositiveSmallIntegerField(_("status code"), null=True)
    answer = models.TextField(
        _("answer"), blank=True, help_text=_("The beginning of what the endpoint answered.")
    )
    trouble = models.CharField(
        _("trouble"),
        max_length=8,
        choices=DeliveryError,
        blank=True,
        help_text=_("Why there was no answer."),
    )
    took_ms = models.PositiveIntegerField(_("milliseconds"))

    objects = TenantQuerySet["DeliveryAttempt"].as_manager()

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        constraints = [
            models.CheckConstraint(
                condition=Q(status_code__isnull=False, trouble="")
                | Q(status_code=None, trouble__in=DeliveryError.values),
                name="integrations_deliveryattempt_answer_or_trouble",
            ),
            SameWorkspace(field="delivery", name="integrations_deliveryattempt_delivery_fk"),
            RowSecurity(name="integrations_deliveryattempt_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.status_code or self.get_trouble_display())

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004
