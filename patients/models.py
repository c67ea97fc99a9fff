"""Floor 4, to whom: the people of a campaign, the lists they came in, and who must not be asked."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from templates_app.models import Channel
from workspaces.models import Language, Workspace
from workspaces.rows import Row, TenantQuerySet, known
from workspaces.walls import SameWorkspace, Wall

E164 = r"^\+[1-9][0-9]{6,14}$"
ECUADOR_MOBILE = r"^\+593[0-9]{9}$"


def new_token() -> str:
    """72 bits in twelve letters: short enough for a text message, too many to guess."""
    return secrets.token_urlsafe(9)


class ImportStatus(models.TextChoices):
    UPLOADED = "UPLOADED", _("Uploaded")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")
    TAKEN_BACK = "TAKEN_BACK", _("Taken back")


class Import(Row):
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="imports"
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        related_name="imports",
        db_constraint=False,
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="imports",
        db_constraint=False,
    )
    uploaded_by_name = models.CharField(_("uploaded by"), max_length=120)
    file = models.FileField(_("stored file"), upload_to="imports/%Y/%m/", blank=True)
    filename = models.CharField(_("file"), max_length=200)
    mapping = models.JSONField(_("columns"), default=dict)
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED
    )
    rows_total = models.PositiveIntegerField(_("rows"), null=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_new = models.PositiveIntegerField(_("new rows"), default=0)
    rows_known = models.PositiveIntegerField(_("known rows"), default=0)
    rows_refused = models.PositiveIntegerField(_("refused rows"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = TenantQuerySet["Import"].as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="import_recent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="patients_import_workspace_id"
            ),
            known("status", ImportStatus, name="patients_import_status_known"),
            models.CheckConstraint(
                condition=Q(rows_read=F("rows_new") + F("rows_known") + F("rows_refused")),
                name="patients_import_every_row_has_an_outcome",
            ),
            SameWorkspace(field="campaign", name="patients_import_campaign_fk"),
            SameWorkspace(field="uploaded_by", name="patients_import_uploaded_by_fk"),
            Wall(name="patients_import_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ImportProblem(Row):
    """A row that was not taken, as it stood in the file, and why."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="+"
    )
    source = models.ForeignKey(
        Import,
        verbose_name=_("import"),
        on_delete=models.CASCADE,
        related_name="problems",
        db_constraint=False,
    )
    row_number = models.PositiveIntegerField(_("row"))
    reason = models.CharField(_("reason"), max_length=40)
    problem = models.CharField(_("problem"), max_length=300)
    cells = models.JSONField(_("cells"), default=list)

    objects = TenantQuerySet["ImportProblem"].as_manager()

    class Meta:
        verbose_name = _("import problem")
        verbose_name_plural = _("import problems")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "row_number"], name="patients_importproblem_once_per_row"
            ),
            SameWorkspace(field="source", name="patients_importproblem_source_fk"),
            Wall(name="patients_importproblem_wall"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.row_number}"


class Patient(Row):
    """One appointment of one person in one campaign."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="patients"
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        related_name="patients",
        db_constraint=False,
    )
    source = models.ForeignKey(
        Import,
        verbose_name=_("import"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patients",
        db_constraint=False,
    )
    row_number = models.PositiveIntegerField(_("row"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    appointment_time = models.DateTimeField(_("appointment"))
    appointment_type = models.CharField(_("kind of appointment"), max_length=80, blank=True)
    doctor_name = models.CharField(_("doctor"), max_length=120, blank=True)
    preferred_channel = models.CharField(
        _("channel"), max_length=8, choices=Channel, default=Channel.SMS
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    has_consent = models.BooleanField(_("consent"), default=False)
    consent_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    opted_out_at = models.DateTimeField(_("opted out"), null=True, blank=True)
    data_deleted_at = models.DateTimeField(_("erased"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    review_clicked_at = models.DateTimeField(_("review link used"), null=True, blank=True)
    review_clicks = models.PositiveIntegerField(_("review link clicks"), default=0)
    token = models.CharField(
        _("token"), max_length=16, unique=True, default=new_token, editable=False
    )

    objects = TenantQuerySet["Patient"].as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            models.Index(fields=["workspace", "-appointment_time"], name="patient_recent"),
            # By address first: a text comes in without saying whose patient it is from.
            models.Index(
                fields=["phone", "workspace", "-asked_at"],
                condition=~Q(phone=""),
                name="patient_by_phone",
            ),
            models.Index(
                fields=["email", "workspace", "-asked_at"],
                condition=~Q(email=""),
                name="patient_by_email",
            ),
            # Just those who may still be asked: it stays small however long the history grows.
            models.Index(
                fields=["campaign", "appointment_time"],
                condition=Q(
                    asked_at=None, has_consent=True, opted_out_at=None, data_deleted_at=None
                ),
                name="patient_to_ask",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="patients_patient_workspace_id"
            ),
            models.UniqueConstraint(
                fields=["campaign", "phone", "appointment_time"],
                condition=~Q(phone=""),
                name="patients_patient_once_by_phone",
            ),
            models.UniqueConstraint(
                fields=["campaign", "email", "appointment_time"],
                condition=Q(phone="") & ~Q(email=""),
                name="patients_patient_once_by_email",
            ),
            models.CheckConstraint(
                condition=Q(phone="")
                | Q(phone__regex=ECUADOR_MOBILE)
                | (Q(phone__regex=E164) & ~Q(phone__startswith="+593")),
                name="patients_patient_phone_e164",
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email="") | Q(data_deleted_at__isnull=False),
                name="patients_patient_reachable",
            ),
            models.CheckConstraint(
                condition=Q(has_consent=False) | Q(consent_at__isnull=False),
                name="patients_patient_consent_has_a_time",
            ),
            known("preferred_channel", Channel, name="patients_patient_channel_known"),
            known("language", Language, name="patients_patient_language_known"),
            SameWorkspace(field="campaign", name="patients_patient_campaign_fk"),
            SameWorkspace(field="source", name="patients_patient_source_fk"),
            Wall(name="patients_patient_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SuppressionReason(models.TextChoices):
    REPLY = "REPLY", _("Answered with an opt-out")
    LINK = "LINK", _("Used the opt-out link")
    CARRIER = "CARRIER", _("Told the carrier or WhatsApp")
    UNREACHABLE = "UNREACHABLE", _("The number cannot receive messages")
    STAFF = "STAFF", _("Added by staff")
    ERASURE = "ERASURE", _("Asked to be erased")


class Suppression(Row):
    """Never write to this address again. Outlives the patient; an erased one leaves a digest."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.CASCADE,
        related_name="suppressions",
    )
    address = models.CharField(_("phone or e-mail"), max_length=254, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.CharField(_("reason"), max_length=12, choices=SuppressionReason)
    at = models.DateTimeField(_("since"))

    objects = TenantQuerySet["Suppression"].as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        indexes = [
            models.Index(fields=["workspace", "address"], name="suppression_address"),
            models.Index(fields=["workspace", "-at"], name="suppression_recent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "digest"], name="patients_suppression_once"
            ),
            known("reason", SuppressionReason, name="patients_suppression_reason_known"),
            Wall(name="patients_suppression_wall"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
