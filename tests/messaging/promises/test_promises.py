"""The promises about messages hold after any order of events, which hypothesis generates.

The database and all actions are real. The test moves the clock, which the provider reads too.
"""

import os
from datetime import timedelta
from itertools import cycle
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing.models import EntryKind
from campaigns.models import CampaignStatus
from core.errors import ProblemError
from core.ids import uuid7
from core.models import IncomingWebhook
from messaging import doubtful_opt_outs, opt_outs
from messaging.dispatch import sweeping
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import CHANNELS
from messaging.dispatch.settling import Results, settle_batch
from messaging.models import InboundMessage
from messaging.privacy import person_search
from messaging.ratings import MAY_CHANGE_THEIR_MIND
from messaging.webhooks import inbox, processing
from patients import erasure
from patients.models import SuppressionReason
from tests.factories import (
    CreditEntryFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.promises.checks import CheckedClinics
from tests.messaging.promises.clinics import PHONES, pick
from tests.messaging.provider import CLOCK, Answer

EXAMPLES = int(os.environ.get("PROMISES_EXAMPLES", "0"))

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
# What happens between planning and claiming.
TEXTS_MEANWHILE = {"says stop": "BAJA", "answers": "5", "may mean stop": DOUBTFUL}
MEANWHILE = st.sampled_from([*["nothing"] * 4, "is erased", "comes tomorrow", *TEXTS_MEANWHILE])
MINUTES = st.sampled_from([0, 0, 0, 0, 1, 11, 31, 61, 150, 9 * 60])


class Promises(CheckedClinics):
    """The acts of patients, clinics, workers and the provider, in any order."""

    def teardown(self) -> None:
        try:
            self.run_until_settled()
            self.check_end()
        finally:
            self.world.close()

    # Patients and members

    @rule(
        which=WHICH, phone=st.sampled_from(PHONES), hours=st.integers(-3, 4), agrees=st.booleans()
    )
    def add_a_patient(self, which: int, phone: str, hours: int, agrees: bool) -> None:
        self.create_patient(which, phone, hours=hours, agrees=agrees)

    @rule(which=WHICH, what=CHANGES)
    def change_a_patient(self, which: int, what: str) -> None:
        for patient in pick(self.all_patients(), which):
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
                self.expect_release(patient.phone)
            elif what in MOVES:
                moment = timezone.now() + timedelta(hours=MOVES[what], milliseconds=which)
                self.update(patient, appointment_time=moment)

    @rule(phone=st.sampled_from(PHONES), texts=st.lists(TEXTS, min_size=1, max_size=3))
    def receive_texts(self, phone: str, texts: list[str]) -> None:
        for text in texts:
            self.receive_text(phone, text)

    @rule(phone=st.sampled_from(PHONES))
    def receive_rating_then_doubtful_text(self, phone: str) -> None:
        """The follow-up of the rating still waits when the doubtful text comes."""
        self.receive_text(phone, "5")
        self.receive_text(phone, DOUBTFUL)
        self.send(1, "nothing", 0, [Answer.ACCEPTED])

    def receive_text(self, phone: str, text: str) -> None:
        if text in RATINGS and phone not in {one.message.to for one in self.provider.taken}:
            return
        sid = f"SM{uuid7().hex}"
        self.receive_inbound_call(
            {"MessageSid": sid, "From": phone, "To": self.sender.address, "Body": text}
        )
        inbound = InboundMessage.objects.filter(external_id=sid).first()
        if text in ("BAJA", "STOP"):
            if phone not in self.stopped:
                self.confirmable[phone] = self.confirmable.get(phone, 0) + 1
            self.stopped.add(phone)
            self.expect_release(phone)
        elif text == DOUBTFUL and inbound and phone not in self.stopped:
            self.expect_hold(inbound.workspace_id, phone)
        elif text == "ALTA":
            self.stopped.discard(phone)
            self.expect_release(phone)
            if inbound:
                self.stopped_one.discard((inbound.workspace_id, phone))
        elif text in RATINGS and inbound and inbound.message_id:
            self.expect_rating(inbound.message_id, RATINGS[text])

    def expect_hold(self, workspace_id: UUID, phone: str) -> None:
        """Both clinics wait, because they share the sender, unless one may not write anyway."""
        if (workspace_id, phone) not in self.stopped_one | self.erased:
            self.doubtful.add((workspace_id, phone))
            self.held |= {(campaign.workspace_id, phone) for campaign in self.campaigns}

    def expect_release(self, phone: str) -> None:
        self.doubtful = {one for one in self.doubtful if one[1] != phone}
        self.held = {one for one in self.held if one[1] != phone}

    @precondition(lambda self: self.doubtful)
    @rule(which=WHICH, what=st.sampled_from(["stop", "go on"]))
    def decide_hold(self, which: int, what: str) -> None:
        """Decide as a member of the clinic that has the text."""
        [decided] = pick(sorted(self.doubtful), which)
        workspace_id, phone = decided
        for patient in self.all_patients():
            if (patient.workspace_id, patient.phone) != decided or patient.data_deleted_at:
                continue
            if what == "stop":
                doubtful_opt_outs.stop_after_hold(patient=patient, by=self.people[workspace_id])
                self.stopped.add(phone)
                self.expect_release(phone)
            else:
                doubtful_opt_outs.continue_after_hold(patient=patient, by=self.people[workspace_id])
                self.doubtful.discard(decided)
                self.held.discard(decided)
                if not [one for one in self.doubtful if one[1] == phone]:
                    self.expect_release(phone)
            return

    @rule(which=WHICH)
    def undo_decision(self, which: int) -> None:
        for patient in pick(self.all_patients(), which):
            if patient.data_deleted_at or not patient.phone:
                continue
            try:
                doubtful_opt_outs.undo_hold_decision(
                    patient=patient, by=self.people[patient.workspace_id]
                )
            except ProblemError:
                continue
            self.stopped.discard(patient.phone)
            self.expect_hold(patient.workspace_id, patient.phone)

    def expect_rating(self, ask: UUID, rating: int) -> None:
        _first, at = self.rated.get(ask, (rating, timezone.now()))
        if timezone.now() - at <= MAY_CHANGE_THEIR_MIND:
            self.rated[ask] = (rating, at)

    # Campaigns and credits

    @rule(
        which=WHICH,
        what=st.sampled_from(
            [0, 1, 5, CampaignStatus.PAUSED, CampaignStatus.PAUSED, *[CampaignStatus.ACTIVE] * 4]
        ),
    )
    def change_a_campaign(self, which: int, what: CampaignStatus | int) -> None:
        campaign = self.campaigns[which % 2]
        if isinstance(what, int):
            self.update(campaign, scheduled_hours_after=what)
        elif campaign.may_become(what):
            self.update(campaign, status=what)

    @rule(which=st.integers(0, 31))
    def cancel_a_campaign(self, which: int) -> None:
        """It is rare, because it ends everything for one of the two clinics."""
        if which in (30, 31):
            self.update(self.campaigns[which % 2], status=CampaignStatus.CANCELLED)

    @rule(which=WHICH, amount=st.integers(-4, 12).filter(bool))
    def charge_or_refund(self, which: int, amount: int) -> None:
        workspace = self.campaigns[which % 2].workspace
        workspace.refresh_from_db()
        if moved := max(amount, -workspace.message_credits):
            kind = EntryKind.PURCHASE if moved > 0 else EntryKind.EXPIRY
            CreditEntryFactory.create(workspace=workspace, kind=kind, amount=moved)

    # Workers and the provider

    @rule(minutes=MINUTES)
    def plan_asks(self, minutes: int) -> None:
        self.advance_clock(minutes)
        plan_messages()

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send(self, minutes: int, meanwhile: str, which: int, answers: list[Answer]) -> None:
        self.settle(self.claim_and_send(minutes, meanwhile, which, answers))

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send_and_die(self, minutes: int, meanwhile: str, which: int, answers: list[Answer]) -> None:
        self.claim_and_send(minutes, meanwhile, which, answers)

    @rule(minutes=MINUTES, meanwhile=MEANWHILE, which=WHICH, answers=ANSWERS)
    def send_and_be_held_up(
        self, minutes: int, meanwhile: str, which: int, answers: list[Answer]
    ) -> None:
        self.kept.append(self.claim_and_send(minutes, meanwhile, which, answers))

    @precondition(lambda self: self.kept)
    @rule(which=WHICH)
    def settle_late(self, which: int) -> None:
        self.settle(self.kept.pop(which % len(self.kept)))

    @rule(minutes=MINUTES | st.just(11))
    def sweep(self, minutes: int) -> None:
        """Sweep, and resume the sender as platform staff would."""
        self.advance_clock(minutes)
        self.update(self.sender, paused_at=None, next_probe_at=None)
        sweeping.sweep_unsettled()

    @precondition(lambda self: self.provider.taken)
    @rule(which=WHICH, receipts=st.lists(RECEIPTS, min_size=1, max_size=3))
    def receive_receipts(self, which: int, receipts: list[tuple[str, str]]) -> None:
        taken = self.provider.taken[-1 - which % len(self.provider.taken)]
        for receipt in receipts:
            taken.receipts.append(receipt)
            fields = dict(zip(("MessageStatus", "ErrorCode"), receipt, strict=True))
            call = (taken.message.id, taken.message.attempt, fields | {"MessageSid": taken.sid})
            self.calls.append(call)
            self.receive_status_call(*call)
            self.check_promises()

    @precondition(lambda self: self.calls)
    @rule()
    def process_everything_again(self) -> None:
        before = self.message_states()
        # A text that belonged to nobody may belong to an ask that was sent since.
        for event in IncomingWebhook.objects.filter(error="").order_by("-id"):
            IncomingWebhook.objects.filter(pk=event.pk).update(processed_at=None, error="")
            processing.process()
        assert self.message_states() == before

    # Helpers

    def claim_and_send(
        self, minutes: int, meanwhile: str, which: int, answers: list[Answer]
    ) -> Results:
        self.advance_clock(minutes)
        plan_messages()
        for patient in pick(self.all_patients(), which):
            if meanwhile in TEXTS_MEANWHILE:
                self.receive_text(patient.phone, TEXTS_MEANWHILE[meanwhile])
            else:
                self.change_a_patient(which, meanwhile)
        self.sender.refresh_from_db()
        if self.sender.paused_at:
            return []
        outcomes = []
        for message, how in zip(
            claim_batch(sender=self.sender, limit=10), cycle(answers), strict=False
        ):
            [row] = self.find_messages(pk=message.id)
            self.check_may_be_sent(message, row)
            outcomes.append((message, self.provider.take(message, row, how)))
        return outcomes

    def settle(self, results: Results) -> None:
        settle_batch(results)
        for message, outcome in results:
            [row] = self.find_messages(pk=message.id)
            if outcome.code == "21610" and row.error_code == "21610":
                self.stopped.add(message.to)

    def receive_status_call(self, message: UUID, attempt: int, fields: dict[str, str]) -> None:
        inbox.store_status(fields, message=message, attempt=attempt)
        processing.process()

    def receive_inbound_call(self, fields: dict[str, str]) -> None:
        inbox.store_inbound(fields)
        processing.process()

    def run_until_settled(self) -> None:
        for campaign in self.campaigns:
            CreditEntryFactory.create(
                workspace=campaign.workspace, kind=EntryKind.PURCHASE, amount=100
            )
        for _ in range(sweeping.MAX_UNANSWERED_ATTEMPTS):
            self.sweep(11)
            self.send(0, "nothing", 0, [Answer.ACCEPTED])


@pytest.mark.django_db
def test_promises_hold_after_any_order_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", CLOCK)
    monkeypatch.setitem(CHANNELS, "SMS", CHANNELS["SMS"])  # put back at the end
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=EXAMPLES or 10,
            stateful_step_count=30,
            # The same examples each time, unless their number is set to search for new ones.
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
