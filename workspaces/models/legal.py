from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import AppendOnly
from core.models.base import BaseModel, choices_constraint


class LegalKind(models.TextChoices):
    TERMS = "terms", _("Terms of use")
    PRIVACY = "privacy", _("Privacy notice")
    PROCESSING = "processing", _("Data processing agreement")
    IMPRINT = "imprint", _("Imprint")


class LegalLanguage(models.TextChoices):
    """The languages of the pages on which people accept a text."""

    ES = "es", _("Spanish")
    EN = "en", _("English")


class LegalText(BaseModel):
    """One version of a legal text of the platform. The newest one is in force.

    A version is never changed, because people accept it: a correction is the next version.
    """

    kind = models.CharField(_("text"), max_length=12, choices=LegalKind)
    language = models.CharField(_("language"), max_length=2, choices=LegalLanguage)
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(
        _("content"),
        help_text=_(
            "Plain text. A line that begins with # is a heading, one with ## a smaller heading, and"
            " one with - a point of a list. An empty line begins a new paragraph."
        ),
    )
    is_draft = models.BooleanField(
        _("draft"),
        default=False,
        help_text=_("The page says that the text is still to be checked by a lawyer."),
    )
    written_by = models.CharField(_("written by"), max_length=254, editable=False)

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="workspaces_legaltext_version_unique"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="workspaces_legaltext_version_positive"
            ),
            choices_constraint("kind", LegalKind, name="workspaces_legaltext_kind_known"),
            choices_constraint(
                "language", LegalLanguage, name="workspaces_legaltext_language_known"
            ),
            AppendOnly(name="workspaces_legaltext_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language}, {self.version})"
