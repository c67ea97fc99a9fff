import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from patients import row_eligibility
from patients.models.imports import Import
from patients.states import in_state_q
from patients.visibility import patients_visible_to
from templates_app.models import Channel
from workspaces.models import Language, User, Workspace

E164 = r"^\+[1-9][0-9]{6,14}$"
ECUADOR_MOBILE = r"^\+593[0-9]{9}$"
NOT_ERASED = Q(data_deleted_at=None)


def new_token() -> str:
    """Return 72 random bits in twelve letters: short for a text message, impossible to guess."""
    return secrets.token_urlsafe(9)


class PatientQuerySet(TenantQuerySet["Patient"]):
    def visible_to(self, user: User) -> Self:
        """Return the patients whose results the user sees, without erased ones."""
        return self.filter(NOT_ERASED & patients_visible_to(user))

    def in_state(self, state: str, now: datetime) -> Self:
        """Filter a list by state. An erased patient has none: combine this with `visible_to`."""
        return self.filter(in_state_q(state, now))


class Patient(BaseModel):
    """One appointment of one person in one campaign."""

    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        related_name="patients",
        db_index=False,  # (workspace, id) is one
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
    consent_words = models.CharField(_("words of consent"), max_length=200, blank=True)
    consent_by = models.CharField(_("consent recorded by"), max_length=120, blank=True)
    opted_out_at = models.DateTimeField(_("opted out"), null=True, blank=True)
    data_deleted_at = models.DateTimeField(_("erased"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("made anonymous"), null=True, blank=True)
    did_not_happen = models.BooleanField(
        _("did not happen"),
        default=False,
        db_default=False,
        help_text=_("A list says that the appointment was cancelled or missed."),
    )
    ask_due_at = models.DateTimeField(
        _("to be asked from"),
        null=True,
        blank=True,
        help_text=_("Chosen by a member, instead of the campaign’s delay. Never later than that."),
    )
    ask_key = models.UUIDField(
        _("key of the form"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Of a patient entered at the desk: the form that is sent again asks nobody."),
    )
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    asked_before_at = models.DateTimeField(
        _("asked before"),
        null=True,
        blank=True,
        help_text=_("Through another row, which no longer holds this phone or e-mail."),
    )
    review_clicked_at = models.DateTimeField(_("review link used"), null=True, blank=True)
    review_clicks = models.PositiveIntegerField(_("review link clicks"), default=0)
    token = models.CharField(_("token"), max_length=16, default=new_token, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            # For the pages of patients: of a whole workspace, and of one campaign.
            models.Index(
                fields=["workspace", "-appointment_time", "-id"],
                condition=NOT_ERASED,
                name="patient_recent",
            ),
            models.Index(
                fields=["campaign", "-appointment_time", "-id"],
                condition=NOT_ERASED,
                name="patient_of_campaign",
            ),
            # For the filters of these pages that find few patients among many.
            models.Index(
                fields=["workspace", "-appointment_time", "-id"],
                condition=NOT_ERASED & Q(opted_out_at__isnull=False),
                name="patient_opted_out",
            ),
            models.Index(
                fields=["workspace", "-appointment_time", "-id"],
                condition=NOT_ERASED & Q(has_consent=False),
                name="patient_no_consent",
            ),
            # By address first: an incoming text does not say which workspace it is for.
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
            # The planner's: only those who may still be asked, so it stays small.
            models.Index(
                fields=["campaign", "appointment_time"],
                condition=row_eligibility.TO_ASK_INDEX,
                name="patient_to_ask",
            ),
            models.Index(
                fields=["ask_due_at"],
                condition=row_eligibility.TO_ASK_EARLY_INDEX,
                name="patient_to_ask_early",
            ),
            # Erased patients whose erasure can still be taken back: a few rows.
            models.Index(
                fields=["data_deleted_at"],
                condition=Q(data_deleted_at__isnull=False, anonymised_at=None),
                name="patient_to_anonymise",
            ),
            # For the patients of a doctor, with their campaigns, and for their number.
            models.Index(fields=["workspace", "doctor_name", "campaign"], name="patient_of_doctor"),
            # For figures, which count erased patients, beside lists, which do not show them.
            models.Index(
                fields=["workspace"],
                condition=Q(data_deleted_at__isnull=False),
                name="patient_erased",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="patients_patient_workspace_id"
            ),
            # Not `unique=True`: Django would add an index for LIKE, which slows imports down and
            # which nothing uses.
            models.UniqueConstraint(fields=["token"], name="patients_patient_token_unique"),
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
            models.UniqueConstraint(
                fields=["workspace", "ask_key"],
                condition=Q(ask_key__isnull=False),
                name="patients_patient_once_by_form",
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
                condition=Q(email=Lower("email")), name="patients_patient_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at=None)
                | Q(data_deleted_at__isnull=False, name="", phone="", email=""),
                name="patients_patient_anonymous_is_nobody",
            ),
            models.CheckConstraint(
                condition=Q(has_consent=False) | Q(consent_at__isnull=False),
                name="patients_patient_consent_has_a_time",
            ),
            choices_constraint("preferred_channel", Channel, name="patients_patient_channel_known"),
            choices_constraint("language", Language, name="patients_patient_language_known"),
            SameWorkspace(field="campaign", name="patients_patient_campaign_fk"),
            SameWorkspace(field="source", name="patients_patient_source_fk"),
            RowSecurity(name="patients_patient_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
