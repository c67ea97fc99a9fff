from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel, TenantQuerySet
from workspaces.models import Workspace


class HoldDecision(models.TextChoices):
    STOP = "STOP", _("No more messages")
    GO_ON = "GO_ON", _("Go on writing")


class HoldQuerySet(TenantQuerySet["Hold"]):
    def undecided(self) -> "HoldQuerySet":
        return self.filter(decision="")


class Hold(BaseModel):
    """A text from this address may be an opt-out: nothing automatic is sent until a decision.

    Like a suppression it belongs to the address and not to a patient, so a new list does not lift
    it, and once the person is erased only the digest is left. It never expires.
    """

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.CASCADE, related_name="holds"
    )
    address = models.CharField(_("phone or e-mail"), max_length=254, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    since = models.DateTimeField(_("since"))
    shared_sender_id = models.UUIDField(
        _("shared sender"),
        null=True,
        blank=True,
        help_text=_("The sender that the text was written to, if clinics share it."),
    )
    has_text = models.BooleanField(
        _("has the text"),
        default=True,
        help_text=_("Off where the text was written to another clinic on the same sender."),
    )
    decision = models.CharField(_("decision"), max_length=5, choices=HoldDecision, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(
        _("decided by"),
        max_length=120,
        blank=True,
        help_text=_("Empty when the person decided, with a clear word of their own."),
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [
            # For the planner and the inbox.
            models.Index(
                fields=["workspace", "address"],
                condition=Q(decision=""),
                name="hold_undecided",
            ),
            # For the claim: texts to a sender that other clinics share.
            models.Index(
                fields=["digest", "shared_sender_id"],
                condition=Q(decision="", shared_sender_id__isnull=False),
                name="hold_to_a_shared_sender",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="patients_hold_once"),
            models.CheckConstraint(
                condition=Q(decision__in=["", *HoldDecision.values]),
                name="patients_hold_decision_known",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by="")
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="patients_hold_decided_has_a_time",
            ),
            RowSecurity(name="patients_hold_row_security"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
