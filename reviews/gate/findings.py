"""What the gate finds in a reply, and the sentence that tells people what to change."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why words may not be published. The label says what to change."""

    VISIT = "visit", _("This says that the person was here. Thank them for the comment instead.")
    AGAIN = "again", _("This says that the person comes back. Leave the farewell out.")
    CARE = "care", _("This speaks of care that the person had. Speak of the whole team instead.")
    PATIENT = "patient", _("This confirms or denies that the person is a patient. Do neither.")
    HEALTH = "health", _("This names a treatment, an illness or a medicine. Leave it out.")
    DOCTOR = "doctor", _("This points at one professional. Write “our team” instead.")
    PERSON = (
        "person",
        _("This says more of the person than the comment. Speak of the comment or of the team."),
    )
    PAST = (
        "past",
        _(
            "This tells of something that happened, perhaps to the person. Speak in the present, "
            "of the comment or of what the team always does."
        ),
    )
    UNCLEAR = (
        "unclear",
        _(
            "This sentence could be about a visit. Speak of the comment, of the team or of "
            "everyone, or leave it out."
        ),
    )
    NAME = "name", _("This names a person. Leave the name out.")
    DATE = "date", _("This names a day or a time. Leave it out.")
    MONEY = "money", _("This speaks of a price or a payment. Offer to talk in private instead.")
    CONTACT = "contact", _("This has a phone number, an address or a link. Leave it out.")
    ADMISSION = "admission", _("This admits a mistake. Write that you want to hear more instead.")


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a reply, exactly as they are written there, and why they may not be published."""

    words: str
    reason: Reason
    start: int


@dataclass(frozen=True, slots=True)
class GateResult:
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        return not self.findings
