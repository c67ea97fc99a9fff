from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.ids import new_token
from core.models.base import BaseModel, TenantQuerySet
from core.pictures import EncodedPicture
from workspaces.branding.colours import DEFAULT
from workspaces.models.workspace import Workspace


class Picture(BaseModel):
    """A small picture that we encoded ourselves, served at an address that nobody can guess.

    It is in the database because several machines serve it. It is never changed: another picture is
    another row with another token, so that browsers may keep it for ever.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="pictures"
    )
    token = models.CharField(
        _("token"), max_length=24, unique=True, default=new_token, editable=False
    )
    data = models.BinaryField(_("picture"))
    content_type = models.CharField(_("format"), max_length=16)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))

    objects = TenantQuerySet["Picture"].as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_picture_workspace_id"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/png", "image/jpeg", "image/webp"]),
                name="workspaces_picture_content_type_known",
            ),
            RowSecurity(name="workspaces_picture_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def from_encoded(cls, workspace: Workspace, encoded: EncodedPicture) -> "Picture":
        return cls(workspace=workspace, **vars(encoded))


class Brand(BaseModel):
    """What patients see of the clinic: logo, colour and, if wanted, the doctor's photo."""

    workspace = models.OneToOneField(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="brand"
    )
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        default="",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$")],
    )
    logo = models.ForeignKey(
        Picture,
        verbose_name=_("logo"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    previous_logo = models.ForeignKey(
        Picture,
        verbose_name=_("previous logo"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text=_("Kept so that a change can be undone."),
    )
    show_doctor_photo = models.BooleanField(_("the doctor’s photo"), default=False)

    objects = TenantQuerySet["Brand"].as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.CheckConstraint(
                condition=Q(colour="") | Q(colour__regex=r"^#[0-9a-f]{6}$"),
                name="workspaces_brand_colour_valid",
            ),
            SameWorkspace(field="logo", name="workspaces_brand_logo_fk"),
            SameWorkspace(field="previous_logo", name="workspaces_brand_previous_logo_fk"),
            RowSecurity(name="workspaces_brand_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def colour_or_default(self) -> str:
        return self.colour or DEFAULT
