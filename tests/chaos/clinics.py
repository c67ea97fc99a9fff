"""Create clinics and patients. Each patient has a scenario: what they do, and what must happen."""

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
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
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


class Scenario(StrEnum):
    SILENT = "does not answer"
    HAPPY = "is happy"
    UNHAPPY = "is unhappy"
    OFF_SCALE = "answers 10, then 5"
    STOPS = "opts out"
    IN_TWO_CLINICS = "opts out of two clinics at once"
    MOVED_EARLIER = "has an appointment that moves earlier"
    TWICE = "is on two lists of a clinic"
    NOT_ON_WHATSAPP = "is not on WhatsApp"
    ERASED = "is erased during the run"
    MOVED_LATER = "has an appointment that moves later"
    TO_COME = "has a future appointment"
    NO_CONSENT = "gave no consent"
    SUPPRESSED = "opted out before"
    ERASED_BEFORE = "was erased before"
    PAUSED = "is in a paused campaign"


# Shares of the patients. Each scenario has at least one patient.
SHARES = {
    Scenario.SILENT: 30,
    Scenario.HAPPY: 20,
    Scenario.UNHAPPY: 14,
    Scenario.OFF_SCALE: 4,
    Scenario.STOPS: 10,
    Scenario.IN_TWO_CLINICS: 2,
    Scenario.MOVED_EARLIER: 5,
    Scenario.TWICE: 3,
    Scenario.NOT_ON_WHATSAPP: 3,
    Scenario.ERASED: 4,
    **dict.fromkeys(
        [
            Scenario.MOVED_LATER,
            Scenario.TO_COME,
            Scenario.NO_CONSENT,
            Scenario.SUPPRESSED,
            Scenario.ERASED_BEFORE,
            Scenario.PAUSED,
        ],
        2,
    ),
}
# Possible answers, and the rating that each must give.
ANSWERS: dict[Scenario, dict[str, int | None]] = {
    Scenario.HAPPY: {"5": 5, "un 4": 4, "5 gracias, todo bien": 5, "⭐⭐⭐⭐⭐": 5, "cinco": 5},
    Scenario.UNHAPPY: {"1": 1, "le doy un 3, tardaron mucho": 3, "2/5": 2, "dos": 2},
    Scenario.OFF_SCALE: dict.fromkeys(["10", "10/10", "le doy un 8"]),
    Scenario.STOPS: dict.fromkeys(["BAJA", "STOP", "no me escriban más", "baja por favor"]),
    Scenario.IN_TWO_CLINICS: {"BAJA": None},
}
# Answers to the second question, after a number outside the scale.
SECOND_ANSWERS: dict[str, int | None] = {"5": 5, "5 entonces": 5}
RATES = {Scenario.HAPPY, Scenario.UNHAPPY, Scenario.OFF_SCALE}
ASKED_ONCE = {
    *RATES,
    Scenario.SILENT,
    Scenario.STOPS,
    Scenario.MOVED_EARLIER,
    Scenario.NOT_ON_WHATSAPP,
}
AT_MOST_ONCE = {Scenario.ERASED, Scenario.IN_TWO_CLINICS, Scenario.TWICE}

DELAY = timedelta(hours=2)
UNLIMITED = 1_000_000


@dataclass(frozen=True)
class SimulatedClinic:
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
    """One row of a list. A patient on two lists is two persons with the same phone."""

    patient_id: UUID
    token: str
    phone: str
    scenario: Scenario
    clinic: SimulatedClinic


@dataclass(frozen=True)
class World:
    clinics: list[SimulatedClinic]
    people: list[Person]

    def with_scenario(self, *scenarios: Scenario) -> list[Person]:
        return [person for person in self.people if person.scenario in scenarios]


def populate(*, patients: int, seconds: float, rng: Random) -> World:
    """Create five clinics that differ in sender, reminders and credits, and their patients."""
    rate = 2 * patients / seconds
    sms = _create_sender("+15005550006", rate)
    whatsapp = _create_sender("whatsapp:+15005550007", rate, channel=Channel.WHATSAPP)
    clinics = [
        _create_clinic("reminds", sms, reminds=True),
        _create_clinic("shares its number", sms),
        _create_clinic("own number", None, rate=rate),
        _create_clinic("writes on WhatsApp", whatsapp, reminds=True),
        _create_clinic("short of credits", sms, credits=max(3, patients // 20)),
    ]
    due = DueTimes(seconds, rng)
    people: list[Person] = []
    for number, scenario in enumerate(_assign_scenarios(patients, rng)):
        # The simulator interprets the last digits; 0031 means that the number is not on WhatsApp.
        ending = "0031" if scenario is Scenario.NOT_ON_WHATSAPP else f"{number // 10_000 + 5000:04}"
        phone = f"+5939{number % 10_000:04}{ending}"
        people.extend(_create_people(scenario, clinics[number % len(clinics)], phone, due, clinics))
    rng.shuffle(people)
    return World(clinics, people)


def content_sid(kind: str) -> str:
    """Return the SID of the approved template for this kind of message."""
    return f"HX{list(MessageType).index(MessageType(kind)):032x}"


@dataclass(frozen=True)
class DueTimes:
    """Times of appointments whose ask is due during the run, mostly in its first half."""

    seconds: float
    rng: Random

    def soon(self) -> datetime:
        return timezone.now() - DELAY + timedelta(seconds=self.rng.uniform(-5, self.seconds * 0.6))

    def later(self) -> datetime:
        return timezone.now() - DELAY + timedelta(minutes=30)


def _assign_scenarios(patients: int, rng: Random) -> list[Scenario]:
    total = sum(SHARES.values())
    scenarios = [
        scenario
        for scenario, share in SHARES.items()
        for _ in range(max(1, round(patients * share / total)))
    ]
    rng.shuffle(scenarios)
    return scenarios


def _create_people(
    scenario: Scenario,
    clinic: SimulatedClinic,
    phone: str,
    due: DueTimes,
    clinics: list[SimulatedClinic],
) -> Iterable[Person]:
    waiting = {Scenario.MOVED_EARLIER, Scenario.MOVED_LATER, Scenario.TO_COME}
    when = due.later() if scenario in waiting else due.soon()
    if scenario is Scenario.IN_TWO_CLINICS:
        return [
            _create_person(scenario, each, each.campaign, phone, due.soon())
            for each in clinics[:2]  # these two share a sender
        ]
    if scenario is Scenario.TWICE:
        lists = (clinic.campaign, clinic.other_campaign)
        return [_create_person(scenario, clinic, each, phone, due.soon()) for each in lists]
    if scenario is Scenario.NOT_ON_WHATSAPP:
        [clinic] = [each for each in clinics if each.sender.channel == Channel.WHATSAPP]
    if scenario is Scenario.SUPPRESSED:
        with tenancy.within(clinic.workspace.pk):
            suppress_address(
                workspace_id=clinic.workspace.pk, address=phone, reason=SuppressionReason.STAFF
            )
    campaign = clinic.paused_campaign if scenario is Scenario.PAUSED else clinic.campaign
    return [_create_person(scenario, clinic, campaign, phone, when)]


def _create_person(
    scenario: Scenario, clinic: SimulatedClinic, campaign: Campaign, phone: str, when: datetime
) -> Person:
    consents = scenario is not Scenario.NO_CONSENT
    patient: Patient = PatientFactory.create(
        workspace=clinic.workspace,
        campaign=campaign,
        phone=phone,
        appointment_time=when,
        preferred_channel=clinic.sender.channel,
        has_consent=consents,
        consent_at=timezone.now() if consents else None,
        data_deleted_at=timezone.now() if scenario is Scenario.ERASED_BEFORE else None,
    )
    return Person(patient.pk, patient.token, phone, scenario, clinic)


def _create_clinic(
    name: str,
    sender: Sender | None,
    *,
    rate: float = 1,
    reminds: bool = False,
    credits: int = UNLIMITED,
) -> SimulatedClinic:
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

    def create_campaign(status: CampaignStatus = CampaignStatus.ACTIVE) -> Campaign:
        campaign: Campaign = CampaignFactory.create(
            workspace=workspace,
            practice=practice,
            created_by=None,
            status=status,
            is_ongoing=True,
            reminder_after_hours=1 if reminds else None,
        )
        return campaign

    return SimulatedClinic(
        name=name,
        workspace=workspace,
        sender=sender or _create_sender("+15005550008", rate, workspace=workspace),
        campaign=create_campaign(),
        other_campaign=create_campaign(),
        paused_campaign=create_campaign(CampaignStatus.PAUSED),
        reminds=reminds,
        credits=credits,
    )


def _create_sender(
    address: str, rate: float, *, channel: str = Channel.SMS, workspace: Workspace | None = None
) -> Sender:
    sender: Sender = SenderFactory.create(
        workspace=workspace, channel=channel, address=address, rate_per_second=rate, two_way=True
    )
    return sender


# Each text has a link with the patient's token, by which the tests recognise the patient.
LINKS = {
    MessageType.INITIAL: "ratingLink",
    MessageType.REMINDER: "ratingLink",
    MessageType.CLARIFY: "ratingLink",
    MessageType.FOLLOWUP_HAPPY: "reviewLink",
    MessageType.FOLLOWUP_UNHAPPY: "feedbackLink",
}
