"""The promises of the conversation, held against every order of events that hypothesis thinks of.

The database and all acts are real; the clock can be moved, and the provider lives by it.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing.models import CreditEntry, EntryKind
from campaigns.models import Campaign
from campaigns.models import CampaignStatus as Stage
from campaigns.timing import is_open
from core import tenancy
from core.errors import ProblemError
from core.ids import uuid7
from core.models import IncomingWebhook
from messaging import doubtful_opt_outs, opt_outs
from messaging.channels import OutgoingMessage
from messaging.confirmations import CONFIRMED_WITHIN
from messaging.dispatch import sweeping
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages as plan
from messaging.dispatch.sending import CHANNELS
from messaging.dispatch.settling import Results, settle_batch
from messaging.models import InboundMessage, Message, Sender
from messaging.models.message import RANK
from messaging.privacy import person_search
from messaging.ratings import MAY_CHANGE_THEIR_MIND, is_happy
from messaging.webhooks import inbox, processing
from patients import erasure
from patients.models import Patient, SuppressionReason
from tests.factories import (
    CampaignFactory,
    CreditEntryFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.provider import CLOCK, NOON, Answer, Provider
from tests.messaging.world import shared_sender
from workspaces.models import User, Workspace

T = TypeVar("T")

EXAMPLES = int(os.environ.get("PROMISES_EXAMPLES", "0"))
PHONES = ["+593991110001", "+593991110002", "+593991110003"]
ASKS = ("INITIAL", "REMINDER")
FOLLOW_UPS = {True: "FOLLOWUP_HAPPY", False: "FOLLOWUP_UNHAPPY"}
UNDER_WAY = ("SENDING", "UNKNOWN")
GIVEN_CREDITS = 8

ANSWERS = st.lists(
    st.sampled_from([*[Answer.ACCEPTED] * 8, *[Answer.LOST] * 3, *Answer]), min_size=1, max_size=4
)
RECEIPTS = st.sampled_from(
    [
        *[("queued", ""), ("sent", ""), ("delivered", ""), ("read", "")],
        *[("undelivered", "30003"), ("undelivered", "30008"), ("failed", "30005"), ("failed", "")],
    ]
)
RATINGS = {"5": 5, "4 gracias": 4, "le doy un 3, tardaron mucho": 3, "1": 1}
TEXTS = st.sampled_from(
    [*RATINGS, *RATINGS, "10", "¿A qué hora abren?", "BAJA", "STOP", "ALTA", DOUBTFUL, DOUBTFUL]
)
WHICH = st.integers(0, 11)
MOVES = {"came hours ago": -2, "comes in hours": 2, "comes tomorrow": 30}
CHANGES = st.sampled_from(["is erased", "is restored", "stops by the page", *MOVES])
# Between planning and claiming, as otherwise only a busy day would have it.
SAYS = {"says stop": "BAJA", "answers": "5", "may mean stop": DOUBTFUL}
MEANWHILE = st.sampled_from([*["nothing"] * 4, "is erased", "comes tomorrow", *SAYS])
MINUTES = st.sampled_from([0, 0, 0, 0, 1, 11, 31, 61, 150, 9 * 60])


class Promises(RuleBasedStateMachine):
    """Two clinics that share a number, three telephones, and whatever may happen to them."""

    @initialize()
    def open_the_clinics(self) -> None:
        # Rolled back at the end, with everything in it.
        self.world = ExitStack()
        self.world.enter_context(transaction.atomic())
        self.world.callback(transaction.set_rollback, True)
        self.world.enter_context(tenancy.platform("promises"))
        CLOCK.now = NOON
        self.provider = Provider()
        CHANNELS["SMS"] = self.provider
        self.sender: Sender = shared_sender(address="+15005550006")
        self.campaigns = [self._campaign(), self._campaign()]
        self.people: dict[UUID, User] = {
            campaign.workspace_id: UserFactory.create(workspace=campaign.workspace)
            for campaign in self.campaigns
        }
        self.kept: list[Results] = []
        self.calls: list[tuple[UUID, int, dict[str, str]]] = []
        self.stopped: set[str] = set()  # to the sender, and so to both
        self.stopped_one: set[tuple[UUID, str]] = set()
        self.erased: set[tuple[UUID, str]] = set()
        # Doubtful texts by clinic and phone: who has one to decide about, and who has to wait.
        self.doubtful: set[tuple[UUID, str]] = set()
        self.held: set[tuple[UUID, str]] = set()
        self.confirmable: dict[str, int] = {}
        self.rated: dict[UUID, tuple[int, datetime]] = {}
        self.seen: dict[UUID, tuple[str, int]] = {}
        for which, phone in enumerate(PHONES):
            self.add_a_patient(which, phone, hours=2, agrees=True)

    def teardown(self) -> None:
        try:
            self._let_everything_end()
            self._everything_ended()
        finally:
            self.world.close()

    # What people do

    @rule(
        which=WHICH, phone=st.sampled_from(PHONES), hours=st.integers(-3, 4), agrees=st.booleans()
    )
    def add_a_patient(self, which: int, phone: str, hours: int, agrees: bool) -> None:
        campaign = self.campaigns[which % 2]
        # No two appointments of one person at the same moment.
        late = timedelta(seconds=len(self._patients()))
        PatientFactory.create(
            workspace=campaign.workspace,
            campaign=campaign,
            phone=phone,
            appointment_time=timezone.now() - timedelta(hours=hours) + late,
            has_consent=agrees or which > 1,
            consent_at=timezone.now() if agrees or which > 1 else None,
        )

    @rule(which=WHICH, what=CHANGES)
    def change_a_patient(self, which: int, what: str) -> None:
        for patient in pick(self._patients(), which):
            person = person_search.find_by_patient(patient)
            if what == "is erased":
                erasure.erase_patients(patients=person.rows, by=None)
                self.erased.add((patient.workspace_id, patient.phone))
            elif what == "is restored":
                erasure.restore_patients(patients=person.rows, by=None)
                self.erased.discard((patient.workspace_id, patient.phone))
            elif what == "stops by the page":
                opt_outs.stop_patient(patient=patient, reason=SuppressionReason.LINK)
                self.stopped_one.add((patient.workspace_id, patient.phone))
                self._doubt_is_over(patient.phone)
            elif what in MOVES:
                moment = timezone.now() + timedelta(hours=MOVES[what], milliseconds=which)
                self._update(patient, appointment_time=moment)

    @rule(phone=st.sampled_from(PHONES), texts=st.lists(TEXTS, min_size=1, max_size=3))
    def write(self, phone: str, texts: list[str]) -> None:
        for text in texts:
            self._say(phone, text)

    @rule(phone=st.sampled_from(PHONES))
    def rate_and_then_doubt(self, phone: str) -> None:
        """The answer to the rating waits when the doubt comes."""
        self._say(phone, "5")
        self._say(phone, DOUBTFUL)
        self.send(1, "nothing", 0, [Answer.ACCEPTED])

    def _say(self, phone: str, text: str) -> None:
        if text in RATINGS and phone not in {one.message.to for one in self.provider.taken}:
            return
        sid = f"SM{uuid7().hex}"
        self._call_in({"MessageSid": sid, "From": phone, "To": self.sender.address, "Body": text})
        heard = InboundMessage.objects.filter(external_id=sid).first()
        if text in ("BAJA", "STOP"):
            if phone not in self.stopped:
                self.confirmable[phone] = self.confirmable.get(phone, 0) + 1
            self.stopped.add(phone)
            self._doubt_is_over(phone)
        elif text == DOUBTFUL and heard and phone not in self.stopped:
            self._doubt(heard.workspace_id, phone)
        elif text == "ALTA":
            self.stopped.discard(phone)
            self._doubt_is_over(phone)
            if heard:
                self.stopped_one.discard((heard.workspace_id, phone))
        elif text in RATINGS and heard and heard.message_id:
            self._rate(heard.message_id, RATINGS[text])

    def _doubt(self, workspace_id: UUID, phone: str) -> None:
        """The clinics share the sender, so both wait, but for one that may not write anyway."""
        if (workspace_id, phone) not in self.stopped_one | self.erased:
            self.doubtful.add((workspace_id, phone))
            self.held |= {(campaign.workspace_id, phone) for campaign in self.campaigns}

    def _doubt_is_over(self, phone: str) -> None:
        self.doubtful = {one for one in self.doubtful if one[1] != phone}
        self.held = {one for one in self.held if one[1] != phone}

    @precondition(lambda self: self.doubtful)
    @rule(which=WHICH, what=st.sampled_from(["stop", "go on"]))
    def decide(self, which: int, what: str) -> None:
        """A person of the clinic that has the text."""
        [decided] = pick(sorted(self.doubtful), which)
        workspace_id, phone = decided
        for patient in self._patients():
            if (patient.workspace_id, patient.phone) != decided or patient.data_deleted_at:
                continue
            if what == "stop":
                doubtful_opt_outs.stop_after_hold(patient=patient, by=self.people[workspace_id])
                self.stopped.add(phone)
                self._doubt_is_over(phone)
            else:
                doubtful_opt_outs.continue_after_hold(patient=patient, by=self.people[workspace_id])
                self.doubtful.discard(decided)
                self.held.discard(decided)
                if not [one for one in self.doubtful if one[1] == phone]:
                    self._doubt_is_over(phone)
            return

    @rule(which=WHICH)
    def take_a_decision_back(self, which: int) -> None:
        for patient in pick(self._patients(), which):
            if patient.data_deleted_at or not patient.phone:
                continue
            try:
                doubtful_opt_outs.undo_hold_decision(
                    patient=patient, by=self.people[patient.workspace_id]
                )
            except ProblemError:
                continue
            self.stopped.discard(patient.phone)
            self._doubt(patient.workspace_id, patient.phone)

    def _rate(self, ask: UUID, rating: int) -> None:
        _first, at = self.rated.get(ask, (rating, timezone.now()))
        if timezone.now() - at <= MAY_CHANGE_THEIR_MIND:
            self.rated[ask] = (rating, at)

    # What the clinic does

    @rule(
        which=WHICH,
        what=st.sampled_from([0, 1, 5, Stage.PAUSED, Stage.PAUSED, *[Stage.ACTIVE] * 4]),
    )
    def change_a_campaign(self, which: int, what: Stage | int) -> None:
        campaign = self.campaigns[which % 2]
        if isinstance(what, int):
            self._update(campaign, scheduled_hours_after=what)
        elif campaign.may_become(what):
            self._update(campaign, status=what)

    @rule(which=st.integers(0, 31))
    def cancel_a_campaign(self, which: int) -> None:
        """Seldom, for it is the end of half the game."""
        if which in (30, 31):
            self._update(self.campaigns[which % 2], status=Stage.CANCELLED)

    @rule(which=WHICH, amount=st.integers(-4, 12).filter(bool))
    def charge_or_refund(self, which: int, amount: int) -> None:
        workspace = self.campaigns[which % 2].workspace
        workspace.refresh_from_db()
        if moved := max(amount, -workspace.message_credits):
            kind = EntryKind.PURCHASE if moved > 0 else EntryKind.EXPIRY
            CreditEntryFactory.create(workspace=workspace, kind=kind, amount=moved)

    # What the machines do

    @rule(minutes=MINUTES)
    def plan(self, minutes: int) -> None:
        self._wait(minutes)
        plan()

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send(self, minutes: int, meanwhile: str, which: int, answers: list[Answer]) -> None:
        self._settle(self._hand_over(minutes, meanwhile, which, answers))

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send_and_die(self, minutes: int, meanwhile: str, which: int, answers: list[Answer]) -> None:
        self._hand_over(minutes, meanwhile, which, answers)

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send_and_be_held_up(
        self, minutes: int, meanwhile: str, which: int, answers: list[Answer]
    ) -> None:
        self.kept.append(self._hand_over(minutes, meanwhile, which, answers))

    @precondition(lambda self: self.kept)
    @rule(which=WHICH)
    def settle_late(self, which: int) -> None:
        self._settle(self.kept.pop(which % len(self.kept)))

    @rule(minutes=MINUTES | st.just(11))
    def sweep(self, minutes: int) -> None:
        """And somebody puts right what stands still."""
        self._wait(minutes)
        self._update(self.sender, paused_at=None, next_probe_at=None)
        sweeping.sweep_unsettled()

    @precondition(lambda self: self.provider.taken)
    @rule(which=WHICH, receipts=st.lists(RECEIPTS, min_size=1, max_size=3))
    def tell(self, which: int, receipts: list[tuple[str, str]]) -> None:
        taken = self.provider.taken[-1 - which % len(self.provider.taken)]
        for receipt in receipts:
            taken.told.append(receipt)
            fields = dict(zip(("MessageStatus", "ErrorCode"), receipt, strict=True))
            call = (taken.message.id, taken.message.attempt, fields | {"MessageSid": taken.sid})
            self.calls.append(call)
            self._call_back(*call)
            self.every_promise_holds()

    @precondition(lambda self: self.calls)
    @rule()
    def tell_everything_again(self) -> None:
        before = self._rows()
        # A text that belonged to nobody may belong to an ask that was sent since.
        for event in IncomingWebhook.objects.filter(error="").order_by("-id"):
            IncomingWebhook.objects.filter(pk=event.pk).update(processed_at=None, error="")
            processing.process()
        assert self._rows() == before

    # What must be true whatever happened

    @invariant()
    def every_promise_holds(self) -> None:
        rows = {message.pk: message for message in self._messages()}
        self._the_ledger_is_the_balance()
        self._nothing_accepted_is_lost(rows)
        self._no_status_goes_back(rows)
        ratings = {key: message.rating for key, message in rows.items() if message.rating}
        assert ratings == {key: rating for key, (rating, _at) in self.rated.items()}

    def _the_ledger_is_the_balance(self) -> None:
        left = Sum("credit_lots__remaining")
        lots = dict(Workspace.objects.annotate(left=left).values_list("pk", "left"))
        for workspace in Workspace.objects.annotate(ledger=Sum("credit_entries__amount")):
            assert workspace.message_credits == workspace.ledger == lots[workspace.pk] >= 0

    def _nothing_accepted_is_lost(self, rows: dict[UUID, Message]) -> None:
        for taken in self.provider.taken:
            status = rows[taken.message.id].status
            assert status not in ("PENDING", "CANCELLED") or taken.may_be_repeated, status

    def _no_status_goes_back(self, rows: dict[UUID, Message]) -> None:
        for key, (was, attempt) in self.seen.items():
            if key not in rows:
                assert (was, attempt) == ("PENDING", 0), "Only what nobody tried may vanish."
                continue
            is_, attempts = rows[key].status, rows[key].attempt
            assert attempts >= attempt
            if was == "CANCELLED":
                assert is_ == was
            elif attempts == attempt and is_ in ("PENDING", "CANCELLED"):
                assert was in ("PENDING", "FAILED", *UNDER_WAY), f"{was} became {is_}"
            elif attempts == attempt:
                assert RANK[is_] >= RANK[was], f"{was} went back to {is_}"
        self.seen = {key: (message.status, message.attempt) for key, message in rows.items()}

    def _must_be_allowed(self, message: OutgoingMessage, row: Message) -> None:
        patient, campaign = row.patient, row.campaign
        assert patient.has_consent
        assert patient.data_deleted_at is None
        assert patient.phone == message.to
        assert (row.workspace_id, message.to) not in self.erased
        had = [one for one in self.provider.taken if not one.may_be_repeated]
        assert not any((one.patient_id, one.type) == (patient.pk, row.type) for one in had)
        if row.type == "CONFIRM_STOP":
            self._must_be_the_one_confirmation(message, row)
            return
        assert message.to not in self.stopped
        assert (row.workspace_id, message.to) not in self.stopped_one | self.held
        if row.type == "CONFIRM_START":
            assert timezone.now() - row.created_at <= CONFIRMED_WITHIN
            return
        if row.type not in ASKS:
            assert campaign.status in (Stage.ACTIVE, Stage.COMPLETED)
            assert row.type != "CLARIFY" or not self._has_rated(patient)
            return
        assert campaign.status == Stage.ACTIVE
        assert is_open(campaign.practice, timezone.now())
        if row.type == "REMINDER":
            assert not self._has_rated(patient)
        elif row.attempt == 1:
            delay = timedelta(hours=campaign.scheduled_hours_after)
            assert patient.appointment_time + delay <= timezone.now()
            here = [one for one in self.provider.taken if one.patient_id != patient.pk]
            assert ("INITIAL", row.workspace_id, message.to) not in [
                (one.type, one.message.workspace_id, one.message.to) for one in here
            ]

    def _must_be_the_one_confirmation(self, message: OutgoingMessage, row: Message) -> None:
        """One for each BAJA that was news, soon after it, and only as long as it stands."""
        assert message.to in self.stopped
        assert timezone.now() - row.created_at <= CONFIRMED_WITHIN
        before = [
            one
            for one in self.provider.taken
            if (one.type, one.message.to) == ("CONFIRM_STOP", message.to)
            and not one.may_be_repeated
        ]
        assert len(before) < self.confirmable[message.to]

    # How it is done

    def _campaign(self) -> Campaign:
        place = PracticeFactory.create(
            workspace=WorkspaceFactory.create(message_credits=GIVEN_CREDITS),
            window_start=time(8),
            window_end=time(20),
        )
        campaign: Campaign = CampaignFactory.create(
            workspace=place.workspace,
            practice=place,
            created_by=None,
            status=Stage.ACTIVE,
            is_ongoing=True,
            scheduled_hours_after=1,
            reminder_after_hours=2,
        )
        return campaign

    def _wait(self, minutes: int) -> None:
        CLOCK.now += timedelta(minutes=minutes)

    def _hand_over(
        self, minutes: int, meanwhile: str, which: int, answers: list[Answer]
    ) -> Results:
        self._wait(minutes)
        plan()
        for patient in pick(self._patients(), which):
            if meanwhile in SAYS:
                self._say(patient.phone, SAYS[meanwhile])
            else:
                self.change_a_patient(which, meanwhile)
        self.sender.refresh_from_db()
        if self.sender.paused_at:
            return []
        outcomes = []
        for message, how in zip(
            claim_batch(sender=self.sender, limit=10), cycle(answers), strict=False
        ):
            [row] = self._messages(pk=message.id)
            self._must_be_allowed(message, row)
            outcomes.append((message, self.provider.take(message, row, how)))
        return outcomes

    def _settle(self, results: Results) -> None:
        settle_batch(results)
        for message, outcome in results:
            [row] = self._messages(pk=message.id)
            if outcome.code == "21610" and row.error_code == "21610":
                self.stopped.add(message.to)

    def _call_back(self, message: UUID, attempt: int, fields: dict[str, str]) -> None:
        inbox.store_status(fields, message=message, attempt=attempt)
        processing.process()

    def _call_in(self, fields: dict[str, str]) -> None:
        inbox.store_inbound(fields)
        processing.process()

    def _let_everything_end(self) -> None:
        for campaign in self.campaigns:
            CreditEntryFactory.create(
                workspace=campaign.workspace, kind=EntryKind.PURCHASE, amount=100
            )
        for _ in range(sweeping.MAX_UNANSWERED_ATTEMPTS):
            self.sweep(11)
            self.send(0, "nothing", 0, [Answer.ACCEPTED])

    def _everything_ended(self) -> None:
        found = self._messages()
        assert not [message for message in found if message.status in UNDER_WAY]
        # One that was not sent says why.
        follow_ups = {
            (message.patient_id, message.type)
            for message in found
            if message.status != "CANCELLED" or message.error
        }
        for ask, (rating, _at) in self.rated.items():
            kind = FOLLOW_UPS[is_happy(rating)]
            assert (self._ask(ask).patient_id, kind) in follow_ups
        for campaign in self.campaigns:
            self._everything_was_paid(campaign.workspace)
        with connection.cursor() as cursor:
            # One workspace for a message, its patient, its campaign and its practice.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _everything_was_paid(self, workspace: Workspace) -> None:
        """A credit for each that the provider accepted. An answer to one that it never had ends the
        doubt about it, and leaves what was paid by then."""
        had = {one.message.id for one in self.provider.taken}
        took = [one for one in self.provider.taken if one.message.workspace_id == workspace.pk]
        answered = self._messages(workspace=workspace, status="REPLIED")
        strange = [message for message in answered if message.pk not in had]
        assert len(took) <= -self._spent(workspace) <= len(took) + len(strange)

    def _spent(self, workspace: Workspace) -> int:
        moved = CreditEntry.objects.filter(
            workspace=workspace, kind__in=[EntryKind.DEBIT, EntryKind.RELEASE]
        ).aggregate(total=Sum("amount"))
        return moved["total"] or 0

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (one.pk, one.status, one.attempt, one.external_id, one.error_code, one.rating)
            for one in self._messages()
        ]

    def _messages(self, **filters: object) -> list[Message]:
        found = Message.objects.filter(**filters).select_related("patient", "campaign__practice")
        return list(found.order_by("pk"))

    def _ask(self, key: UUID) -> Message:
        return self._messages(pk=key)[0]

    def _has_rated(self, patient: Patient) -> bool:
        return patient.pk in {self._ask(key).patient_id for key in self.rated}

    def _patients(self) -> list[Patient]:
        return list(Patient.objects.order_by("pk"))

    def _update(self, row: models.Model, **fields: object) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))


def pick(rows: Sequence[T], which: int) -> Sequence[T]:
    """One of them, if there is one."""
    return rows[which % len(rows) :][:1] if rows else []


@pytest.mark.django_db
def test_the_promises_hold_in_any_order_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", CLOCK)
    monkeypatch.setitem(CHANNELS, "SMS", CHANNELS["SMS"])  # put back at the end
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=EXAMPLES or 10,
            stateful_step_count=30,
            # The same examples each time, but where somebody searches for new ones.
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
