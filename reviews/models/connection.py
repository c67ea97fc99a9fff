from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models import Practice, Workspace


class ConnectionStatus(models.TextChoices):
    CONNECTED = "CONNECTED", pgettext_lazy("Google", "Connected")
    BROKEN = "BROKEN", _("Google refuses access")
    DISCONNECTED = "DISCONNECTED", _("Disconnected")


class ConnectionFailure(models.TextChoices):
    REVOKED = "REVOKED", _("Access was withdrawn or has expired.")
    NO_SCOPE = "NO_SCOPE", _("The permission to manage the listings was not given.")
    UNREADABLE = "UNREADABLE", _("The stored access cannot be decrypted with the current keys.")


class GoogleConnection(BaseModel):
    """A workspace's access to Google Business Profile: one Google user, with offline access.

    The tokens are encrypted with `core.encryption`. A broken connection keeps its locations and
    reviews, so that connecting again goes on where it stopped.
    """

    workspace = models.OneToOneField(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="google_connection",
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ConnectionStatus, default=ConnectionStatus.CONNECTED
    )
    google_user_id = models.CharField(_("Google user (id)"), max_length=255)
    email = models.EmailField(_("Google user"), blank=True)
    refresh_token = models.TextField(_("refresh token (encrypted)"), blank=True, editable=False)
    access_token = models.TextField(_("access token (encrypted)"), blank=True, editable=False)
    access_expires_at = models.DateTimeField(_("access token expires"), null=True, blank=True)
    connected_by_name = models.CharField(_("connected by"), max_length=120)
    connected_at = models.DateTimeField(_("connected at"))
    # The hourly check that notices withdrawn access even where nothing else is fetched.
    check_due_at = models.DateTimeField(_("next check of the access"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last answer from Google"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    last_error_at = models.DateTimeField(_("time of the last error"), null=True, blank=True)
    broken_at = models.DateTimeField(_("broken since"), null=True, blank=True)
    failure = models.CharField(
        _("why it is broken"), max_length=12, choices=ConnectionFailure, blank=True
    )
    owner_told_at = models.DateTimeField(_("owners told"), null=True, blank=True)
    disconnected_at = models.DateTimeField(_("disconnected at"), null=True, blank=True)

    objects = TenantQuerySet["GoogleConnection"].as_manager()

    class Meta:
        verbose_name = _("Google connection")
        verbose_name_plural = _("Google connections")
        indexes = [
            models.Index(
                fields=["check_due_at"],
                condition=Q(status="CONNECTED"),
                name="googleconnection_to_check",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="reviews_googleconnection_workspace_id"
            ),
            choices_constraint(
                "status", ConnectionStatus, name="reviews_googleconnection_status_known"
            ),
            # Disconnecting must leave no token behind.
            models.CheckConstraint(
                condition=Q(status="DISCONNECTED", refresh_token="", access_token="")
                | (~Q(status="DISCONNECTED") & ~Q(refresh_token="")),
                name="reviews_googleconnection_tokens_while_connected",
            ),
            models.CheckConstraint(
                condition=Q(status="BROKEN", broken_at__isnull=False)
                & Q(failure__in=ConnectionFailure.values)
                | (~Q(status="BROKEN") & Q(broken_at=None, failure="")),
                name="reviews_googleconnection_broken_for_a_reason",
            ),
            RowSecurity(name="reviews_googleconnection_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_on(self) -> bool:
        """Return whether Google was connected and not disconnected, even if it is broken now."""
        return self.status != ConnectionStatus.DISCONNECTED


class LocationFailure(models.TextChoices):
    GONE = "GONE", _("Google no longer shows this location to the connected user.")
    FORBIDDEN = "FORBIDDEN", _("The connected user may not read the reviews of this location.")
    UNVERIFIED = "UNVERIFIED", _("Google has not verified this location.")


class GoogleLocation(BaseModel):
    """A location of the connected Google user. Its reviews are fetched once it has a practice."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="google_locations",
    )
    connection = models.ForeignKey(
        GoogleConnection,
        verbose_name=_("connection"),
        on_delete=models.CASCADE,
        related_name="locations",
        db_constraint=False,
    )
    practice = models.ForeignKey(
        Practice,
        verbose_name=_("practice"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="google_locations",
        db_constraint=False,
    )
    account = models.CharField(_("account"), max_length=100, help_text="accounts/1")
    name = models.CharField(_("name at Google"), max_length=100, help_text="locations/2")
    title = models.CharField(_("name that people see"), max_length=300)
    address = models.CharField(_("address"), max_length=500, blank=True)
    place_id = models.CharField(_("place id"), max_length=200, blank=True)
    review_uri = models.CharField(_("review link"), max_length=500, blank=True)
    is_verified = models.BooleanField(_("verified by Google"), default=False)
    average_rating = models.DecimalField(
        _("Google’s average"), max_digits=3, decimal_places=2, null=True, blank=True
    )
    review_count = models.PositiveIntegerField(
        _("Google’s number of reviews"), null=True, blank=True
    )
    failure = models.CharField(
        _("why nothing is fetched"), max_length=12, choices=LocationFailure, blank=True
    )
    failed_at = models.DateTimeField(_("nothing fetched since"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    last_error_at = models.DateTimeField(_("time of the last error"), null=True, blank=True)
    first_fetched_at = models.DateTimeField(_("first complete fetch"), null=True, blank=True)
    # Changes come hourly or after a push; a sweep reads everything and finds what is gone. The
    # times of the next ones are also the leases: a worker moves them on before it calls Google.
    changes_due_at = models.DateTimeField(_("next look for changes"), null=True, blank=True)
    changes_fetched_at = models.DateTimeField(_("last look for changes"), null=True, blank=True)
    sweep_due_at = models.DateTimeField(_("next complete fetch"), null=True, blank=True)
    swept_at = models.DateTimeField(_("last complete fetch"), null=True, blank=True)
    attributed_at = models.DateTimeField(_("reviews compared with asks"), null=True, blank=True)

    objects = TenantQuerySet["GoogleLocation"].as_manager()

    class Meta:
        verbose_name = _("Google location")
        verbose_name_plural = _("Google locations")
        indexes = [
            models.Index(
                fields=["changes_due_at"],
                condition=Q(changes_due_at__isnull=False),
                name="googlelocation_changes_due",
            ),
            models.Index(
                fields=["sweep_due_at"],
                condition=Q(sweep_due_at__isnull=False),
                name="googlelocation_sweep_due",
            ),
            # A push names the location, and not the workspace.
            models.Index(fields=["name"], name="googlelocation_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="reviews_googlelocation_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "name"], name="reviews_googlelocation_name_unique"
            ),
            models.CheckConstraint(
                condition=Q(practice__isnull=False) | Q(changes_due_at=None, sweep_due_at=None),
                name="reviews_googlelocation_fetched_for_a_practice",
            ),
            models.CheckConstraint(
                condition=Q(failure="", failed_at=None)
                | Q(failure__in=LocationFailure.values, failed_at__isnull=False),
                name="reviews_googlelocation_failed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(average_rating=None) | Q(average_rating__gte=0, average_rating__lte=5),
                name="reviews_googlelocation_average_0_to_5",
            ),
            SameWorkspace(field="connection", name="reviews_googlelocation_connection_fk"),
            SameWorkspace(field="practice", name="reviews_googlelocation_practice_fk"),
            RowSecurity(name="reviews_googlelocation_row_security"),
        ]

    def __str__(self) -> str:
        return self.title
