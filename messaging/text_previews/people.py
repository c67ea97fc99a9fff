"""With whose data a text is shown: a patient's, one's own, or nobody's at all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from messaging.dispatch.composing import PLACEHOLDER, MessageFacts
from patients.models import Patient
from templates_app import sample_values
from workspaces.models import Practice, User, Workspace

SHORT_LIST = 8


@dataclass(frozen=True)
class PreviewPerson:
    """What a text may say about someone and their visit."""

    name: str
    doctor: str
    appointment_type: str
    appointment_time: datetime
    practice: str
    timezone: str
    has_reviews: bool


@dataclass(frozen=True)
class PreviewKind:
    """Which text, on which channel, from what kind of sender."""

    type: str
    language: str
    channel: str
    two_way: bool


def newest(workspace: Workspace, *, user: User) -> list[Patient]:
    """Return the newest patients that the user may see anyway, to preview a text with."""
    return list(
        Patient.objects.within(workspace)
        .visible_to(user)
        .exclude(name="")
        .select_related("campaign__practice")
        .order_by("-pk")[:SHORT_LIST]
    )


def of(patient: Patient) -> PreviewPerson:
    practice = patient.campaign.practice
    return PreviewPerson(
        name=patient.name,
        doctor=patient.doctor_name,
        appointment_type=patient.appointment_type,
        appointment_time=patient.appointment_time,
        practice=practice.name,
        timezone=practice.timezone,
        has_reviews=bool(practice.review_url),
    )


def invented(workspace: Workspace, language: str, *, name: str = "") -> PreviewPerson:
    somebody = sample_values.SAMPLES[language]
    first = workspace.practices.order_by("pk").first()
    practice = first or Practice(name=somebody.practice, google_place_id=sample_values.NOBODYS)
    return PreviewPerson(
        name=name or somebody.name,
        doctor=somebody.doctor,
        appointment_type=somebody.appointment_type,
        appointment_time=timezone.now(),
        practice=practice.name,
        timezone=practice.timezone,
        has_reviews=bool(practice.review_url),
    )


def facts(person: PreviewPerson, kind: PreviewKind, workspace: Workspace) -> MessageFacts:
    """The links lead nowhere, for whoever tries a text must not answer for a patient."""
    return MessageFacts(
        **vars(kind),
        **vars(person),
        workspace_id=workspace.pk,
        campaign_id=UUID(PLACEHOLDER),
        plain_letters=workspace.plain_letters,
        token=sample_values.NOBODYS,
    )
