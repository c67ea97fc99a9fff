"""What may be sent, and what must be true after each step and at the end."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from hypothesis.stateful import (
    invariant,
)

from campaigns.models import CampaignStatus
from campaigns.timing import is_open
from messaging.channels import OutgoingMessage
from messaging.confirmations import CONFIRMED_WITHIN
from messaging.models import Message
from messaging.models.message import RANK
from messaging.ratings import is_happy
from tests.messaging.promises.clinics import Clinics
from workspaces.models import Workspace

ASKS = ("INITIAL", "REMINDER")
FOLLOW_UPS = {True: "FOLLOWUP_HAPPY", False: "FOLLOWUP_UNHAPPY"}
UNDER_WAY = ("SENDING", "UNKNOWN")


class CheckedClinics(Clinics):
    """Checks after each step, of each message that is sent, and at the end."""

    @invariant()
    def check_promises(self) -> None:
        rows = {message.pk: message for message in self.find_messages()}
        self.check_balances()
        self.check_accepted_messages(rows)
        self.check_statuses(rows)
        ratings = {key: message.rating for key, message in rows.items() if message.rating}
        assert ratings == {key: rating for key, (rating, _at) in self.rated.items()}

    def check_balances(self) -> None:
        left = Sum("credit_lots__remaining")
        lots = dict(Workspace.objects.annotate(left=left).values_list("pk", "left"))
        for workspace in Workspace.objects.annotate(ledger=Sum("credit_entries__amount")):
            assert workspace.message_credits == workspace.ledger == lots[workspace.pk] >= 0

    def check_accepted_messages(self, rows: dict[UUID, Message]) -> None:
        for taken in self.provider.taken:
            status = rows[taken.message.id].status
            assert status not in ("PENDING", "CANCELLED") or taken.may_be_repeated, status

    def check_statuses(self, rows: dict[UUID, Message]) -> None:
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

    def check_may_be_sent(self, message: OutgoingMessage, row: Message) -> None:
        patient, campaign = row.patient, row.campaign
        assert patient.has_consent
        assert patient.data_deleted_at is None
        assert patient.phone == message.to
        assert (row.workspace_id, message.to) not in self.erased
        had = [one for one in self.provider.taken if not one.may_be_repeated]
        assert not any((one.patient_id, one.type) == (patient.pk, row.type) for one in had)
        if row.type == "CONFIRM_STOP":
            self.check_confirmation(message, row)
            return
        assert message.to not in self.stopped
        assert (row.workspace_id, message.to) not in self.stopped_one | self.held
        if row.type == "CONFIRM_START":
            assert timezone.now() - row.created_at <= CONFIRMED_WITHIN
            return
        if row.type not in ASKS:
            assert campaign.status in (CampaignStatus.ACTIVE, CampaignStatus.COMPLETED)
            assert row.type != "CLARIFY" or not self.has_rated(patient)
            return
        assert campaign.status == CampaignStatus.ACTIVE
        assert is_open(campaign.practice, timezone.now())
        if row.type == "REMINDER":
            assert not self.has_rated(patient)
        elif row.attempt == 1:
            delay = timedelta(hours=campaign.scheduled_hours_after)
            assert patient.appointment_time + delay <= timezone.now()
            here = [one for one in self.provider.taken if one.patient_id != patient.pk]
            assert ("INITIAL", row.workspace_id, message.to) not in [
                (one.type, one.message.workspace_id, one.message.to) for one in here
            ]

    def check_confirmation(self, message: OutgoingMessage, row: Message) -> None:
        """One confirmation for each new BAJA, within minutes, and only if it was not undone."""
        assert message.to in self.stopped
        assert timezone.now() - row.created_at <= CONFIRMED_WITHIN
        before = [
            one
            for one in self.provider.taken
            if (one.type, one.message.to) == ("CONFIRM_STOP", message.to)
            and not one.may_be_repeated
        ]
        assert len(before) < self.confirmable[message.to]

    def check_end(self) -> None:
        found = self.find_messages()
        assert not [message for message in found if message.status in UNDER_WAY]
        # A follow-up that was not sent has an error.
        follow_ups = {
            (message.patient_id, message.type)
            for message in found
            if message.status != "CANCELLED" or message.error
        }
        for ask, (rating, _at) in self.rated.items():
            kind = FOLLOW_UPS[is_happy(rating)]
            assert (self.find_ask(ask).patient_id, kind) in follow_ups
        for campaign in self.campaigns:
            self.check_credits_spent(campaign.workspace)
        with connection.cursor() as cursor:
            # One workspace for a message, its patient, its campaign and its practice.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def check_credits_spent(self, workspace: Workspace) -> None:
        """Each accepted message cost a credit.

        A reply to a message that the provider never had settles it, and its credit stays spent.
        """
        had = {one.message.id for one in self.provider.taken}
        took = [one for one in self.provider.taken if one.message.workspace_id == workspace.pk]
        answered = self.find_messages(workspace=workspace, status="REPLIED")
        strange = [message for message in answered if message.pk not in had]
        assert len(took) <= -self.credits_spent(workspace) <= len(took) + len(strange)
