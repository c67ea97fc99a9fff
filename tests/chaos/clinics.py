"""Who is seen at which clinic, what they will do, and so what has to have happened to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from messaging.models import Sender
from patients import consent
from patients.models import Patient, SuppressionReason
from templates_app.models import Channel, MessageType
from tests.factories import (
    CampaignFactory,
    PatientFactory,
    PracticeFactory,
    SenderFactory,
    TemplateFactory,
    WorkspaceFactory,
)
from tests.messaging.world import ALL_DAY
from workspaces.models import Workspace


class Part(StrEnum):
    SILENT = "says nothing"
    HAPPY = "is happy"
    UNHAPPY = "is unhappy"
    OFF_SCALE = "gives a 10, and then a 5"
    STOPS = "says stop"
    IN_TWO_CLINICS = "says stop to two clinics at once"
    MOVED_NEAR = "comes earlier than planned"
    TWICE = "is on two lists of a clinic"
    NOT_ON_WHATSAPP = "is not on WhatsApp"
    ERASED = "is erased in between"
    MOVED_AWAY = "comes later than planned"
    TO_COME = "has not come yet"
    NO_CONSENT = "gave no consent"
    SUPPRESSED = "opted out long ago"
    GONE = "was erased before"
    ON_HOLD = "is on the list of a paused campaign"


# Shares of the patients; each part is played by at least one.
SHARES = {
    Part.SILENT: 30,
    Part.HAPPY: 20,
    Part.UNHAPPY: 14,
    Part.OFF_SCALE: 4,
    Part.STOPS: 10,
    Part.IN_TWO_CLINICS: 2,
    Part.MOVED_NEAR: 5,
    Part.TWICE: 3,
    Part.NOT_ON_WHATSAPP: 3,
    Part.ERASED: 4,
    **dict.fromkeys(
        [Part.MOVED_AWAY, Part.TO_COME, Part.NO_CONSENT, Part.SUPPRESSED, Part.GONE, Part.ON_HOLD],
        2,
    ),
}
# What they write, and the rating that it is.
ANSWERS: dict[Part, dict[str, int | None]] = {
    Part.HAPPY: {"5": 5, "un 4": 4, "5 gracias, todo bien": 5, "⭐⭐⭐⭐⭐": 5, "cinco": 5},
    Part.UNHAPPY: {"1": 1, "le doy un 3, tardaron mucho": 3, "2/5": 2, "dos": 2},
    Part.OFF_SCALE: dict.fromkeys(["10", "10/10", "le doy un 8"]),
    Part.STOPS: dict.fromkeys(["BAJA", "STOP", "no me escriban más", "baja por favor"]),
    Part.IN_TWO_CLINICS: {"BAJA": None},
}
# And what they write when they are asked once more.
ANSWERS_ONCE_MORE: dict[str, int | None] = {"5": 5, "5 entonces": 5}
RATES = {Part.HAPPY, Part.UNHAPPY, Part.OFF_SCALE}
STOPS = {Part.STOPS, Part.IN_TWO_CLINICS}
ASKED_ONCE = {*RATES, Part.SILENT, Part.STOPS, Part.MOVED_NEAR, Part.NOT_ON_WHATSAPP}
AT_MOST_ONCE = {Part.ERASED, Part.IN_TWO_CLINICS, Part.TWICE}

DELAY = timedelta(hours=2)
ENOUGH = 1_000_000


@dataclass(frozen=True)
class Clinic:
    name: str
    workspace: Workspace
    sender: Sender
    campaign: Campaign
    other_campaign: Campaign
    paused_campaign: Campaign
    reminds: bool
    credits: int


@dataclass(frozen=True)
class Person:
    """One row of a list. Who is on two has two of them, with the same phone."""

    patient_id: UUID
    token: str
    phone: str
    part: Part
    clinic: Clinic


@dataclass(frozen=True)
class World:
    clinics: list[Clinic]
    people: list[Person]

    def playing(self, *parts: Part) -> list[Person]:
        return [person for person in self.people if person.part in parts]


def populate(*, patients: int, seconds: float, dice: Random) -> World:
    rate = 2 * patients / seconds
    sms = _sender("+15005550006", rate)
    whatsapp = _sender("whatsapp:+15005550007", rate, channel=Channel.WHATSAPP)
    clinics = [
        _clinic("reminds", sms, reminds=True),
        _clinic("shares its number", sms),
        _clinic("own number", None, rate=rate),
        _clinic("writes on WhatsApp", whatsapp, reminds=True),
        _clinic("short of credits", sms, credits=max(3, patients // 20)),
    ]
    due = Due(seconds, dice)
    people: list[Person] = []
    for number, part in enumerate(_cast(patients, dice)):
        # No ending that the simulator takes for a sign, but for the one that is one.
        ending = "0031" if part is Part.NOT_ON_WHATSAPP else f"{number // 10_000 + 5000:04}"
        phone = f"+5939{number % 10_000:04}{ending}"
        people.extend(_enter(part, clinics[number % len(clinics)], phone, due, clinics))
    dice.shuffle(people)
    return World(clinics, people)


def content_sid(kind: str) -> str:
    """What Meta approved for this kind of message."""
    return f"HX{list(MessageType).index(MessageType(kind)):032x}"


@dataclass(frozen=True)
class Due:
    """Appointments whose ask is due in the course of the storm, most of them in its first half."""

    seconds: float
    dice: Random

    def soon(self) -> datetime:
        return timezone.now() - DELAY + timedelta(seconds=self.dice.uniform(-5, self.seconds * 0.6))

    def later(self) -> datetime:
        return timezone.now() - DELAY + timedelta(minutes=30)


def _cast(patients: int, dice: Random) -> list[Part]:
    total = sum(SHARES.values())
    parts = [
        part
        for part, share in SHARES.items()
        for _ in range(max(1, round(patients * share / total)))
    ]
    dice.shuffle(parts)
    return parts


def _enter(
    part: Part, clinic: Clinic, phone: str, due: Due, clinics: list[Clinic]
) -> Iterable[Person]:
    waiting = {Part.MOVED_NEAR, Part.MOVED_AWAY, Part.TO_COME}
    when = due.later() if part in waiting else due.soon()
    if part is Part.IN_TWO_CLINICS:
        return [
            _person(part, each, each.campaign, phone, due.soon())
            for each in clinics[:2]  # those that share a number
        ]
    if part is Part.TWICE:
        lists = (clinic.campaign, clinic.other_campaign)
        return [_person(part, clinic, each, phone, due.soon()) for each in lists]
    if part is Part.NOT_ON_WHATSAPP:
        [clinic] = [each for each in clinics if each.sender.channel == Channel.WHATSAPP]
    if part is Part.SUPPRESSED:
        with tenancy.within(clinic.workspace.pk):
            consent.suppress_address(
                workspace_id=clinic.workspace.pk, address=phone, reason=SuppressionReason.STAFF
            )
    campaign = clinic.paused_campaign if part is Part.ON_HOLD else clinic.campaign
    return [_person(part, clinic, campaign, phone, when)]


def _person(part: Part, clinic: Clinic, campaign: Campaign, phone: str, when: datetime) -> Person:
    consents = part is not Part.NO_CONSENT
    patient: Patient = PatientFactory.create(
        workspace=clinic.workspace,
        campaign=campaign,
        phone=phone,
        appointment_time=when,
        preferred_channel=clinic.sender.channel,
        has_consent=consents,
        consent_at=timezone.now() if consents else None,
        data_deleted_at=timezone.now() if part is Part.GONE else None,
    )
    return Person(patient.pk, patient.token, phone, part, clinic)


def _clinic(
    name: str,
    sender: Sender | None,
    *,
    rate: float = 1,
    reminds: bool = False,
    credits: int = ENOUGH,
) -> Clinic:
    workspace = WorkspaceFactory.create(name=name, message_credits=credits)
    practice = PracticeFactory.create(workspace=workspace, google_place_id="ChIJchaos", **ALL_DAY)
    for kind, link in LINKS.items():
        TemplateFactory.create(
            workspace=workspace,
            type=kind,
            content=f"{kind} {{{{{link}}}}}",
            variables=[link],
            is_default=True,
            whatsapp_content_sid=content_sid(kind),
        )

    def campaign(status: CampaignStatus = CampaignStatus.ACTIVE) -> Campaign:
        made: Campaign = CampaignFactory.create(
            workspace=workspace,
            practice=practice,
            created_by=None,
            status=status,
            is_ongoing=True,
            reminder_after_hours=1 if reminds else None,
        )
        return made

    return Clinic(
        name=name,
        workspace=workspace,
        sender=sender or _sender("+15005550008", rate, workspace=workspace),
        campaign=campaign(),
        other_campaign=campaign(),
        paused_campaign=campaign(CampaignStatus.PAUSED),
        reminds=reminds,
        credits=credits,
    )


def _sender(
    address: str, rate: float, *, channel: str = Channel.SMS, workspace: Workspace | None = None
) -> Sender:
    sender: Sender = SenderFactory.create(
        workspace=workspace, channel=channel, address=address, rate_per_second=rate, two_way=True
    )
    return sender


# Each kind of text carries a link with the patient's token, as all texts of ours do.
LINKS = {
    MessageType.INITIAL: "ratingLink",
    MessageType.REMINDER: "ratingLink",
    MessageType.CLARIFY: "ratingLink",
    MessageType.FOLLOWUP_HAPPY: "reviewLink",
    MessageType.FOLLOWUP_UNHAPPY: "feedbackLink",
}
