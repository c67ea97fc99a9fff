"""The person whose data fills a preview: a patient, the user, or an invented one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from messaging import review_invitations
from messaging.dispatch.composing import PLACEHOLDER, MessageFacts
from patients.doctors.listing import find_doctor
from patients.models import Patient
from templates_app import sample_values
from workspaces.models import Practice, User, Workspace
from workspaces.practices import first_practice

MAX_PATIENTS = 8


@dataclass(frozen=True)
class PreviewPerson:
    """The values that a text may have about a person and their visit."""

    name: str
    doctor: str
    appointment_type: str
    appointment_time: datetime
    practice: str
    timezone: str
    has_listing: bool


@dataclass(frozen=True)
class PreviewKind:
    """The type and language of a text, its channel, and whether the sender takes replies."""

    type: str
    language: str
    channel: str
    two_way: bool


def newest_patients(workspace: Workspace, *, user: User) -> list[Patient]:
    """Return the newest patients of the campaigns that this user may see."""
    return list(
        Patient.objects.within(workspace)
        .visible_to(user)
        .exclude(name="")
        .select_related("campaign__practice")
        .order_by("-pk")[:MAX_PATIENTS]
    )


def person_of_patient(patient: Patient) -> PreviewPerson:
    practice = patient.campaign.practice
    doctor = find_doctor(patient.workspace_id, patient.doctor_name)
    return PreviewPerson(
        name=patient.name,
        doctor=doctor.name if doctor else patient.doctor_name,
        appointment_type=patient.appointment_type,
        appointment_time=patient.appointment_time,
        practice=practice.name,
        timezone=practice.timezone,
        has_listing=bool(practice.review_url or (doctor and doctor.review_url)),
    )


def sample_person(workspace: Workspace, language: str, *, name: str = "") -> PreviewPerson:
    sample = sample_values.SAMPLES[language]
    practice = first_practice(workspace) or Practice(
        name=sample.practice, google_place_id=sample_values.PLACEHOLDER_KEY
    )
    return PreviewPerson(
        name=name or sample.name,
        doctor=sample.doctor,
        appointment_type=sample.appointment_type,
        appointment_time=timezone.now(),
        practice=practice.name,
        timezone=practice.timezone,
        has_listing=bool(practice.review_url),
    )


def build_facts(person: PreviewPerson, kind: PreviewKind, workspace: Workspace) -> MessageFacts:
    """Return the facts to compose from. The links lead nowhere, so a preview rates no visit."""
    return MessageFacts(
        **vars(kind),
        name=person.name,
        doctor=person.doctor,
        appointment_type=person.appointment_type,
        appointment_time=person.appointment_time,
        practice=person.practice,
        timezone=person.timezone,
        may_invite=person.has_listing
        and review_invitations.message_may_invite(workspace.review_invites, kind.type),
        workspace_id=workspace.pk,
        campaign_id=UUID(PLACEHOLDER),
        plain_letters=workspace.plain_letters,
        token=sample_values.PLACEHOLDER_KEY,
    )
