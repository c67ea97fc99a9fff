from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.visibility import results_visible_to, sees_all_results
from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.access import Can, may
from workspaces.models import User, Workspace


class ImportStatus(models.TextChoices):
    """The steps of an import. It can be cancelled before RUNNING ends, and undone after DONE."""

    UPLOADED = "UPLOADED", _("Being read")
    SURVEYED = "SURVEYED", _("Columns to be confirmed")
    CHECKING = "CHECKING", _("Being checked")
    CHECKED = "CHECKED", _("Waiting for your word")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")
    TAKEN_BACK = "TAKEN_BACK", _("Taken back")


class DateOrder(models.TextChoices):
    DMY = "DMY", _("day, month, year")
    MDY = "MDY", _("month, day, year")
    YMD = "YMD", _("year, month, day")


# A worker is working on it, or will be soon.
UNDER_WAY = (ImportStatus.UPLOADED, ImportStatus.CHECKING, ImportStatus.RUNNING)
CAN_BE_CANCELLED = (*UNDER_WAY, ImportStatus.SURVEYED, ImportStatus.CHECKED)


class ImportQuerySet(TenantQuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Return the user's own uploads, and to those who see patients also their campaigns'.

        An upload lists the patients in it.
        """
        own = Q(uploaded_by=user)
        if not may(user, Can.SEE_PATIENTS):
            return self.filter(own)
        if sees_all_results(user):
            return self
        return self.filter(results_visible_to(user, campaign="campaign") | own)


class Import(BaseModel):
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
    file_size = models.PositiveBigIntegerField(_("size of the file"), default=0, db_default=0)
    filename = models.CharField(_("file"), max_length=200)
    survey = models.JSONField(
        _("survey"), default=dict, help_text=_("What the file is, as patients.lists.survey saw it.")
    )
    layout = models.CharField(
        _("layout"), max_length=64, blank=True, help_text=_("Names the set of its headings.")
    )
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    mapping = models.JSONField(
        _("columns"), default=dict, help_text=_("Which heading holds which of our fields.")
    )
    date_order = models.CharField(_("order of dates"), max_length=3, choices=DateOrder, blank=True)
    consent_words = models.CharField(
        _("consent of everyone"),
        max_length=200,
        blank=True,
        help_text=_("What the uploader declared for all rows of a list without such a column."),
    )
    is_automatic = models.BooleanField(
        _("automatic"),
        default=False,
        help_text=_("Sent in by a program: it goes on without anybody’s word."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED
    )
    rows_total = models.PositiveIntegerField(_("rows"), null=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_new = models.PositiveIntegerField(_("new rows"), default=0)
    rows_known = models.PositiveIntegerField(_("known rows"), default=0)
    rows_refused = models.PositiveIntegerField(_("refused rows"), default=0)
    rows_changed = models.PositiveIntegerField(
        _("changed rows"),
        default=0,
        db_default=0,
        help_text=_("Known rows of whose appointment the list says something else than before."),
    )
    rows_warned = models.PositiveIntegerField(
        _("rows with a warning"),
        default=0,
        db_default=0,
        help_text=_("Taken, but for a part that could not be used."),
    )
    statuses = models.JSONField(
        _("statuses"),
        default=list,
        db_default=[],
        help_text=_("The words of its status column, how they were understood, and how often."),
    )
    will_be_asked = models.PositiveIntegerField(_("will be asked"), default=0)
    asked_anyway = models.PositiveIntegerField(
        _("of these already planned"),
        default=0,
        db_default=0,
        help_text=_("Known patients who wait to be asked, with or without this list."),
    )
    first_ask_at = models.DateTimeField(_("first ask"), null=True)
    last_ask_at = models.DateTimeField(_("last ask"), null=True)
    forecast = models.JSONField(
        _("forecast"), default=dict, help_text=_("How many rows for each reason not to be asked.")
    )
    preview = models.JSONField(
        _("preview"), default=list, help_text=_("The first rows as they are read.")
    )
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    problem_details = models.JSONField(_("problem details"), default=dict)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="import_recent"),
            models.Index(fields=["workspace", "layout", "-id"], name="import_layout"),
            # To find what a killed worker has left unfinished.
            models.Index(
                fields=["id"],
                condition=Q(status__in=UNDER_WAY),
                name="import_under_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="patients_import_workspace_id"
            ),
            choices_constraint("status", ImportStatus, name="patients_import_status_known"),
            models.CheckConstraint(
                condition=Q(date_order__in=["", *DateOrder.values]),
                name="patients_import_date_order_known",
            ),
            models.CheckConstraint(
                condition=Q(rows_read=F("rows_new") + F("rows_known") + F("rows_refused")),
                name="patients_import_every_row_has_an_outcome",
            ),
            SameWorkspace(field="campaign", name="patients_import_campaign_fk"),
            SameWorkspace(field="uploaded_by", name="patients_import_uploaded_by_fk"),
            RowSecurity(name="patients_import_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY


class ImportProblemQuerySet(TenantQuerySet["ImportProblem"]):
    def visible_to(self, user: User) -> Self:
        """Return the problems of the imports that the user may see."""
        seen = Import.objects.within(user.workspace_id).visible_to(user)  # type: ignore[arg-type]  # a member's
        return self.filter(source__in=seen)


class ImportProblem(BaseModel):
    """A row of the file that was refused or only partly imported, and why."""

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
    details = models.JSONField(_("details"), default=dict)
    cells = models.JSONField(_("cells"), default=list)
    is_warning = models.BooleanField(
        _("only a warning"),
        default=False,
        db_default=False,
        help_text=_("The row was taken; only a part of it could not be used."),
    )

    objects = ImportProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("import problem")
        verbose_name_plural = _("import problems")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "row_number"], name="patients_importproblem_once_per_row"
            ),
            SameWorkspace(field="source", name="patients_importproblem_source_fk"),
            RowSecurity(name="patients_importproblem_row_security"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.row_number}"
