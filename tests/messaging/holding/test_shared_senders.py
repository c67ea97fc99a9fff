"""Holds on a sender that several clinics share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from messaging.dispatch.claiming import claim_batch
from messaging.models import Conversation, Message, Sender
from tests.factories import (
    MessageFactory,
)
from tests.messaging.doubtful import DOUBTFUL
from tests.messaging.holding.holds import HOUR, create_ask, decide, holds_of, suppressed_addresses
from tests.messaging.webhooks.calls import PATIENT, receive_text, text_fields
from tests.messaging.webhooks.rows import reload_message
from tests.messaging.world import create_patient, running_campaign

pytestmark = pytest.mark.django_db


class TestSharedSender:
    """A hold reaches the same clinics as a STOP. The clinic that has the text decides for all."""

    @pytest.fixture
    def other(self, sender: Sender) -> Message:
        """Of another clinic, which wrote to the same phone four days ago."""
        ask = create_ask(sender)
        with tenancy.platform("test"):
            before = timezone.now() - 4 * 24 * HOUR
            Message.objects.filter(pk=ask.pk).update(created_at=before)
        return ask

    @pytest.fixture
    def ask(self, sender: Sender, other: Message) -> Message:
        """Of the clinic that wrote last, so that the text is taken to be for it."""
        assert other
        return create_ask(sender)

    def test_clinics_that_wrote_there_are_held_without_the_text(
        self, ask: Message, other: Message
    ) -> None:
        receive_text(text_fields(DOUBTFUL))

        assert holds_of(ask.workspace) == [(PATIENT, "", True)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]
        with tenancy.within(other.workspace_id):
            assert not Conversation.objects.exists()

    def test_clinic_that_never_wrote_there_is_held_at_the_claim(
        self, sender: Sender, ask: Message
    ) -> None:
        receive_text(text_fields(DOUBTFUL))
        third = running_campaign()
        waiting = MessageFactory.create(
            workspace=third.workspace,
            patient=create_patient(third, phone=PATIENT, asked_at=timezone.now()),
        )

        assert claim_batch(sender=sender, limit=10) == []
        assert reload_message(waiting).status == "PENDING"
        assert holds_of(third.workspace) == []

        decide("go_on", ask)
        in_two = timezone.now() + timedelta(minutes=2)
        assert [one.id for one in claim_batch(sender=sender, limit=10, now=in_two)] == [waiting.pk]

    def test_stop_reaches_every_clinic(self, ask: Message, other: Message) -> None:
        receive_text(text_fields(DOUBTFUL))
        decide("stop", ask)

        assert (
            suppressed_addresses(ask.workspace)
            == suppressed_addresses(other.workspace)
            == {PATIENT}
        )
        assert holds_of(other.workspace) == [(PATIENT, "STOP", False)]

    def test_release_reaches_every_clinic(self, ask: Message, other: Message) -> None:
        receive_text(text_fields(DOUBTFUL))
        decide("go_on", ask)

        assert holds_of(other.workspace) == [(PATIENT, "GO_ON", False)]

    def test_clinic_without_the_text_decides_only_for_itself(
        self, ask: Message, other: Message
    ) -> None:
        receive_text(text_fields(DOUBTFUL))
        decide("go_on", other)

        assert holds_of(other.workspace) == [(PATIENT, "GO_ON", False)]
        assert holds_of(ask.workspace) == [(PATIENT, "", True)]

    def test_undone_stop_holds_every_clinic_again(self, ask: Message, other: Message) -> None:
        receive_text(text_fields(DOUBTFUL))
        decide("stop", ask)
        decide("undo", ask)

        assert suppressed_addresses(ask.workspace) == suppressed_addresses(other.workspace) == set()
        assert holds_of(ask.workspace) == [(PATIENT, "", True)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]

    def test_text_that_may_be_for_two_clinics_holds_both(
        self, sender: Sender, other: Message
    ) -> None:
        create_ask(sender)
        ask = create_ask(sender)

        receive_text(text_fields(DOUBTFUL))

        assert holds_of(other.workspace) == [(PATIENT, "", False)]
        assert holds_of(ask.workspace) == [(PATIENT, "", False)]
        decide("go_on", ask)
        assert holds_of(ask.workspace) == [(PATIENT, "GO_ON", False)]
        assert holds_of(other.workspace) == [(PATIENT, "", False)]
