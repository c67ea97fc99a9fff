from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity, SameWorkspace
from core.models.base import BaseModel, TenantQuerySet, choices_constraint
from workspaces.models.brand import Picture
from workspaces.models.workspace import Language, Workspace
from workspaces.vetting.plain_names import on_one_line, plain_name


class Role(models.TextChoices):
    OWNER = "OWNER", _("Owner")
    DOCTOR = "DOCTOR", _("Doctor")
    RECEPTIONIST = "RECEPTIONIST", _("Receptionist")


class Density(models.TextChoices):
    COMFORTABLE = "COMFORTABLE", _("Comfortable")
    COMPACT = "COMPACT", _("Compact")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, *, email: str, password: str | None, **fields: Any) -> "User":
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str | None, **fields: Any) -> "User":
        """Create a user of the platform staff, with no workspace and all rights in the admin."""
        return self.create_user(
            email=email, password=password, is_staff=True, is_superuser=True, **fields
        )

    def within(self, workspace: Workspace) -> "models.QuerySet[User]":
        return self.filter(workspace=workspace)


class User(PermissionsMixin, AbstractBaseUser, BaseModel):
    workspace = models.ForeignKey(
        Workspace,
        verbose_name=_("workspace"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, validators=[plain_name])
    role = models.CharField(_("role"), max_length=16, choices=Role, blank=True)
    # What this person may do beyond their role, and what of it they may not: the values of `Can`.
    # Only the differences are stored, so that a role that may more one day reaches everybody.
    # `workspaces.access.permissions_of` reads them.
    granted = ArrayField(
        models.CharField(max_length=32),
        verbose_name=_("also allowed"),
        default=list,
        db_default=[],
        blank=True,
    )
    withheld = ArrayField(
        models.CharField(max_length=32),
        verbose_name=_("not allowed"),
        default=list,
        db_default=[],
        blank=True,
    )
    picture = models.ForeignKey(
        Picture,
        verbose_name=_("picture"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    # Stores the number and not a date, so that a changed phone is unproven at once.
    proven_phone = models.CharField(
        _("confirmed phone"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("The number that a code was sent to and came back from."),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True)
    density = models.CharField(
        _("density of the pages"),
        max_length=12,
        choices=Density,
        default=Density.COMFORTABLE,
        db_default=Density.COMFORTABLE,
    )
    is_active = models.BooleanField(_("active"), default=True)
    suspended_at = models.DateTimeField(
        _("suspended"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("By an owner, who can let them in again. Platform staff only deactivate."),
    )
    is_staff = models.BooleanField(_("platform staff"), default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="workspaces_user_email_unique",
                violation_error_message=_("Someone already signs in with this e-mail."),
            ),
            models.UniqueConstraint(
                fields=["workspace", "id"], name="workspaces_user_workspace_id"
            ),
            models.CheckConstraint(
                condition=Q(is_staff=True, workspace=None, role="")
                | Q(is_staff=False, workspace__isnull=False, role__in=Role.values),
                name="workspaces_user_staff_or_member",
            ),
            on_one_line("name", name="workspaces_user_name_on_one_line"),
            models.CheckConstraint(
                condition=~Q(granted__overlap=F("withheld")),
                name="workspaces_user_granted_or_withheld",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at=None) | Q(is_active=False),
                name="workspaces_user_suspended_is_inactive",
            ),
            SameWorkspace(field="picture", name="workspaces_user_picture_fk"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_full_owner(self) -> bool:
        """Whether this is an active owner from whom nothing is withheld. A clinic keeps one."""
        return self.is_owner and self.is_active and not self.withheld

    @property
    def has_proven_phone(self) -> bool:
        return self.phone != "" and self.phone == self.proven_phone


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(BaseModel):
    """An invitation to join a workspace. Its token is only in the e-mail; the digest is stored."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    token_digest = models.CharField(_("token digest"), max_length=64, unique=True)
    invited_by_name = models.CharField(_("invited by"), max_length=120)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [models.Index(fields=["workspace", "-created_at"], name="invitation_recent")]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="workspaces_invitation_one_open",
            ),
            choices_constraint("role", Role, name="workspaces_invitation_role_known"),
            on_one_line(
                "invited_by_name", name="workspaces_invitation_invited_by_name_on_one_line"
            ),
            RowSecurity(name="workspaces_invitation_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class KnownDevice(BaseModel):
    """A browser that has signed in to an account before. The digest of its cookie is stored."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="known_devices"
    )
    digest = models.CharField(_("digest"), max_length=64)
    last_seen_at = models.DateTimeField(_("last sign-in"))

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], name="workspaces_knowndevice_once_an_account"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
