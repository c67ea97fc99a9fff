from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models.workspace import Workspace
from workspaces.rows import Row, TenantQuerySet, known
from workspaces.walls import SameWorkspace, Wall


class Event(models.TextChoices):
    """What a clinic's own systems can be told. Names are for good: integrators build on them."""

    MESSAGE_SENT = "message.sent", _("A message was sent")
    MESSAGE_DELIVERED = "message.delivered", _("A message was delivered")
    MESSAGE_FAILED = "message.failed", _("A message failed")
    RATING_RECEIVED = "rating.received", _("A patient rated their visit")
    FEEDBACK_RECEIVED = "feedback.received", _("A patient left a private comment")
    PATIENT_OPTED_OUT = "patient.opted_out", _("A patient opted out")
    IMPORT_FINISHED = "import.finished", _("A list came in, or failed")
    CREDITS_LOW = "credits.low", _("Credits run low")
    CAMPAIGN_COMPLETED = "campaign.completed", _("A campaign was completed")
    TEST = "webhook.test", _("A test")

    @classmethod
    def choosable(cls) -> list["Event"]:
        """A test goes to whoever orders it."""
        return [event for event in cls if event is not cls.TEST]


class DisabledBecause(models.TextChoices):
    BY_HAND = "BY_HAND", _("Switched off by someone of the team")
    FAILING = "FAILING", _("It failed for three days")
    GONE = "GONE", _("It answered that it is gone (410)")


class Endpoint(Row):
    """An address of the clinic's own systems, and what it is told."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="endpoints"
    )
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=24, choices=Event), verbose_name=_("events"))
    secret = models.CharField(_("secret"), max_length=255, help_text=_("Encrypted."))
    earlier_secret = models.CharField(_("secret before"), max_length=255, blank=True)
    earlier_secret_until = models.DateTimeField(
        _("secret before signs until"), null=True, blank=True
    )
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)
    disabled_because = models.CharField(
        _("disabled because"), max_length=8, choices=DisabledBecause, blank=True
    )
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    leased_until = models.DateTimeField(
        _("held until"), null=True, blank=True, help_text=_("By the worker that delivers to it.")
    )

    objects = TenantQuerySet["Endpoint"].as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_endpoint_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "url"], name="workspaces_endpoint_once_per_address"
            ),
            models.CheckConstraint(
                condition=Q(events__contained_by=[event.value for event in Event.choosable()])
                & Q(events__len__gt=0),
                name="workspaces_endpoint_events_known",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=DisabledBecause.values),
                name="workspaces_endpoint_disabled_because",
            ),
            models.CheckConstraint(
                condition=Q(earlier_secret="", earlier_secret_until=None)
                | (~Q(earlier_secret="") & Q(earlier_secret_until__isnull=False)),
                name="workspaces_endpoint_earlier_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="workspaces_endpoint_failing_since_the_first",
            ),
            Wall(name="workspaces_endpoint_wall"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def event_labels(self) -> list[str]:
        return [str(event.label) for event in Event.choosable() if event in self.events]


class AnnouncementStatus(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", _("Delivered")
    SKIPPED = "SKIPPED", _("Skipped")


class Announcement(Row):
    """One event for one endpoint: written with the event itself, delivered from here in order.

    `position` is the order. Ids come from the clocks of several machines; a sequence has one.
    """

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="announcements",
    )
    endpoint = models.ForeignKey(
        Endpoint,
        verbose_name=_("endpoint"),
        on_delete=models.CASCADE,
        related_name="announcements",
        db_constraint=False,
        db_index=False,
    )
    position = models.BigIntegerField(
        _("position"),
        editable=False,
        db_default=Func(Value("workspaces_announcement_position"), function="nextval"),
    )
    event = models.CharField(_("event"), max_length=24, choices=Event)
    data = models.JSONField(_("data"), default=dict)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=AnnouncementStatus,
        default=AnnouncementStatus.WAITING,
    )
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)

    objects = TenantQuerySet["Announcement"].as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [
            # An endpoint's queue: empty when all is delivered.
            models.Index(
                fields=["endpoint", "position"],
                condition=Q(status="WAITING"),
                name="announcement_waiting",
            ),
            models.Index(fields=["endpoint", "-id"], name="announcement_log"),
            # The only ones with a patient's words, which an erasure has to find.
            models.Index(
                fields=["workspace"],
                condition=Q(event="feedback.received"),
                name="announcement_with_words",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_announcement_workspace_id"
            ),
            known("event", Event, name="workspaces_announcement_event_known"),
            known("status", AnnouncementStatus, name="workspaces_announcement_status_known"),
            SameWorkspace(field="endpoint", name="workspaces_announcement_endpoint_fk"),
            Wall(name="workspaces_announcement_wall"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.status == AnnouncementStatus.WAITING


class Trouble(models.TextChoices):
    ADDRESS = "ADDRESS", _("The address leads into a private network, where nothing is sent")
    # One answer for both, so that nobody finds out which names exist inside a private network.
    NAME = "NAME", _("The name of the address is not known, or leads into a private network")
    CONNECT = "CONNECT", _("Nothing takes calls at this address")
    TLS = "TLS", _("The certificate of the address is not valid")
    TIMEOUT = "TIMEOUT", _("No answer came in time")
    BROKEN = "BROKEN", _("The answer could not be read")
    SECRET = "SECRET", _("The secret cannot be read any more: make a new one")


class Attempt(Row):
    """One try to deliver an announcement, and what came back."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="attempts"
    )
    announcement = models.ForeignKey(
        Announcement,
        verbose_name=_("announcement"),
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
        choices=Trouble,
        blank=True,
        help_text=_("Why there was no answer."),
    )
    took_ms = models.PositiveIntegerField(_("milliseconds"))

    objects = TenantQuerySet["Attempt"].as_manager()

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        constraints = [
            models.CheckConstraint(
                condition=Q(status_code__isnull=False, trouble="")
                | Q(status_code=None, trouble__in=Trouble.values),
                name="workspaces_attempt_answer_or_trouble",
            ),
            SameWorkspace(field="announcement", name="workspaces_attempt_announcement_fk"),
            Wall(name="workspaces_attempt_wall"),
        ]

    def __str__(self) -> str:
        return str(self.status_code or self.get_trouble_display())

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004
