"""After any sequence of events, readers see the same figures as a recount of all messages."""

import os
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from campaigns.models import Campaign
from core import tenancy
from insights import reading, rollup, verification
from insights.figures import Figures
from insights.filters import EVERYTHING, By, Filters
from insights.periods import Period
from messaging import ratings
from messaging.models import Message, MessageStatus
from messaging.patient_pages import visits
from patients.models import Patient
from templates_app.models import Channel, MessageType
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.insights import recounts
from workspaces.models import Practice, User, Workspace

pytestmark = pytest.mark.django_db

# The far east and the far west, and zones where the clocks change at midnight.
ZONES = [
    "America/Guayaquil",
    "America/Santiago",
    "America/Havana",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
# The clocks of Havana and Santiago change within these days.
START = datetime(2026, 3, 6, tzinfo=UTC)
ALL_TIME = Period(date(2026, 1, 1), date(2027, 1, 1))

hours = st.integers(0, 35 * 24).map(lambda number: START + timedelta(hours=number, minutes=7))
pauses = st.integers(0, 3 * 86_400_000).map(lambda number: timedelta(milliseconds=number))
stars = st.integers(1, 5)
asks = Bundle[Any]("asks")

EXAMPLES = int(os.environ.get("INSIGHTS_EXAMPLES", "8"))


class Cell(NamedTuple):
    campaign: UUID
    doctor: str
    kind: str
    channel: str


def _cell(message: Message) -> Cell:
    patient = message.patient
    return Cell(message.campaign_id, patient.doctor_name, patient.appointment_type, message.channel)


class Clinic(RuleBasedStateMachine):
    @initialize()
    def create_workspace(self) -> None:
        self.workspace: Workspace = WorkspaceFactory.create()
        self.owner: User = UserFactory.create(workspace=self.workspace)
        self.practices = [
            PracticeFactory.create(workspace=self.workspace, timezone=zone) for zone in ZONES[:3]
        ]
        self.campaigns = [
            CampaignFactory.create(
                workspace=self.workspace, practice=practice, created_by=self.owner
            )
            for practice in [*self.practices, self.practices[0]]
        ]

    @rule(
        target=asks,
        place=st.integers(0, 3),
        at=hours,
        doctor=st.sampled_from(["", "Dra. Paz", "Dr. Ruiz"]),
        kind=st.sampled_from(["Control", "Cirugía"]),
        channel=st.sampled_from(Channel.values),
    )
    def send_ask(self, place: int, at: datetime, doctor: str, kind: str, channel: str) -> Any:
        patient = PatientFactory.create(
            workspace=self.workspace,
            campaign=self.campaigns[place],
            doctor_name=doctor,
            appointment_type=kind,
            asked_at=at,
        )
        return self._create_message(patient, MessageType.INITIAL, at, channel).pk

    @rule(ask=asks, kind=st.sampled_from(["REMINDER", "FOLLOWUP_HAPPY"]), at=hours)
    def send_another(self, ask: Any, kind: str, at: datetime) -> None:
        message = self._find(ask)
        if message and not self._has(message.patient, kind):
            self._create_message(message.patient, kind, at, message.channel)

    @rule(ask=asks, code=st.sampled_from(["30003", "30005"]), was_sent=st.booleans())
    def fail(self, ask: Any, code: str, was_sent: bool) -> None:
        message = self._find(ask)
        if message and message.may_become(MessageStatus.FAILED):
            sent_at = message.sent_at if was_sent else None
            self._write(message, status=MessageStatus.FAILED, error_code=code, sent_at=sent_at)

    @rule(ask=asks, after=pauses)
    def deliver(self, ask: Any, after: timedelta) -> None:
        message = self._find(ask)
        if message and message.sent_at:
            status = (
                MessageStatus.DELIVERED
                if message.may_become(MessageStatus.DELIVERED)
                else message.status
            )
            self._write(message, status=status, delivered_at=message.sent_at + after)

    @rule(ask=asks, sooner=pauses)
    def correct_sent_time(self, ask: Any, sooner: timedelta) -> None:
        message = self._find(ask)
        if message and message.sent_at:
            self._write(message, sent_at=message.sent_at - sooner)

    @rule(ask=asks, rating=stars, after=pauses)
    def answer(self, ask: Any, rating: int, after: timedelta) -> None:
        message = self._find(ask)
        if message and message.sent_at:
            at = message.sent_at + after
            self._write(message, status=MessageStatus.REPLIED, rating=rating, replied_at=at)

    @rule(ask=asks, rating=stars)
    def rate_now(self, ask: Any, rating: int) -> None:
        if message := self._find(ask):
            with tenancy.within(self.workspace.pk):
                ratings.record_rating(ask=message, rating=rating)

    @rule(ask=asks)
    def click(self, ask: Any) -> None:
        if message := self._find(ask):
            visits.count_review_click(message.patient.token)

    @rule(ask=asks, after=st.none() | pauses)
    def opt_out_or_come_back(self, ask: Any, after: timedelta | None) -> None:
        message = self._find(ask)
        if message and message.sent_at:
            at = None if after is None else message.sent_at + 12 * after
            with tenancy.within(self.workspace.pk):
                Patient.objects.filter(pk=message.patient_id).update(opted_out_at=at)

    @rule(ask=asks, doctor=st.sampled_from(["", "Dr. Ruiz"]))
    def correct_doctor(self, ask: Any, doctor: str) -> None:
        if message := self._find(ask):
            with tenancy.within(self.workspace.pk):
                Patient.objects.filter(pk=message.patient_id).update(doctor_name=doctor)

    @rule(ask=asks)
    def erase_patient(self, ask: Any) -> None:
        if message := self._find(ask):
            nobody = {"name": "", "phone": "", "email": "", "data_deleted_at": START}
            with tenancy.within(self.workspace.pk):
                Patient.objects.filter(pk=message.patient_id).update(**nobody)
                Message.objects.filter(patient=message.patient_id).update(content="", comment="")

    @rule(place=st.integers(0, 2), zone=st.sampled_from(ZONES))
    def change_timezone(self, place: int, zone: str) -> None:
        with tenancy.within(self.workspace.pk):
            Practice.objects.filter(pk=self.practices[place].pk).update(timezone=zone)

    @rule(place=st.integers(0, 3), practice=st.integers(0, 2))
    def move_campaign(self, place: int, practice: int) -> None:
        with tenancy.within(self.workspace.pk):
            Campaign.objects.filter(pk=self.campaigns[place].pk).update(
                practice=self.practices[practice]
            )

    @rule()
    def roll_up(self) -> None:
        rollup.roll_up(now=timezone.now() + timedelta(days=1))

    @rule()
    def rebuild(self) -> None:
        rollup.rebuild_tallies(workspace_id=self.workspace.pk)

    @invariant()
    def figures_equal_recount(self) -> None:
        with tenancy.within(self.workspace.pk):
            figures = reading.read_figures(
                self.workspace, ALL_TIME, EVERYTHING, visible_to=self.owner
            )
        assert figures == sum(self._expected().values(), Figures())

    def teardown(self) -> None:
        """Compare everything only at the end, because it takes long."""
        assert verification.find_differences(self.workspace.pk) == []
        practices = {campaign.pk: str(campaign.practice_id) for campaign in self._campaigns()}
        keys: dict[By, Callable[[Cell], str]] = {
            By.PRACTICE: lambda cell: practices[cell.campaign],
            By.CAMPAIGN: lambda cell: str(cell.campaign),
            By.DOCTOR: lambda cell: cell.doctor,
            By.APPOINTMENT_TYPE: lambda cell: cell.kind,
            By.CHANNEL: lambda cell: cell.channel,
        }
        for by, key in keys.items():
            for filters in (EVERYTHING, Filters(doctor="Dra. Paz")):
                expected: dict[str, Figures] = defaultdict(Figures)
                for cell, figures in self._expected().items():
                    if filters.doctor in (None, cell.doctor):
                        expected[key(cell)] += figures
                with tenancy.within(self.workspace.pk):
                    groups = reading.read_breakdown(
                        self.workspace, ALL_TIME, filters, by=by, visible_to=self.owner
                    )
                assert {group.key: group.figures for group in groups} == expected

    def _expected(self) -> dict[Cell, Figures]:
        expected: dict[Cell, Figures] = defaultdict(Figures)
        for message in recounts.load_messages(self.workspace):
            if recounts.is_counted(message):
                expected[_cell(message)] += recounts.count_figures(message)
        return expected

    def _campaigns(self) -> list[Campaign]:
        with tenancy.within(self.workspace.pk):
            return list(Campaign.objects.within(self.workspace))

    def _create_message(self, patient: Patient, kind: str, at: datetime, channel: str) -> Message:
        message: Message = MessageFactory.create(
            workspace=self.workspace,
            patient=patient,
            type=kind,
            channel=channel,
            status=MessageStatus.SENT,
            sent_at=at,
        )
        self._write(message, created_at=at)
        return message

    def _has(self, patient: Patient, kind: str) -> bool:
        with tenancy.within(self.workspace.pk):
            return Message.objects.filter(patient=patient, type=kind).exists()

    def _find(self, ask: Any) -> Message | None:
        with tenancy.within(self.workspace.pk):
            return Message.objects.filter(pk=ask).select_related("patient__campaign").first()

    def _write(self, message: Message, **values: Any) -> None:
        with tenancy.within(self.workspace.pk):
            Message.objects.filter(pk=message.pk).update(**values)


def test_any_history_gives_the_figures_of_a_recount() -> None:
    run_state_machine_as_test(
        Clinic,
        settings=settings(
            max_examples=EXAMPLES,
            # No shrinking: it takes minutes, and a history is short enough to read.
            phases=[Phase.reuse, Phase.generate],
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
