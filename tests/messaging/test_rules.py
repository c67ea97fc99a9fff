from datetime import date
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from messaging.models import Message, MessageStatus
from tests.constraints import assert_refused
from tests.factories import (
    AssistantCallFactory,
    AssistantSettingsFactory,
    AssistantSummaryFactory,
    CannedAnswerFactory,
    ConversationFactory,
    DeskRatingFactory,
    DigestFactory,
    FeedbackFactory,
    HiddenNumberFactory,
    InboundAttachmentFactory,
    InboundMessageFactory,
    IncomingWebhookFactory,
    MessageFactory,
    PhoneCodeFactory,
    QuoteFactory,
    RecoveryStepFactory,
    ReportFactory,
    SenderFactory,
    SenderStopFactory,
    TextLabelsFactory,
    WorkspaceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("messaging_message_type_known", MessageFactory, {"type": "GREETING"}),
        ("messaging_phonecode_few_tries", PhoneCodeFactory, {"tries": 6}),
        ("messaging_phonecode_sent_with_a_digest", PhoneCodeFactory, {"digest": "x"}),
        ("messaging_phonecode_sent_with_a_digest", PhoneCodeFactory, {"sent_at": timezone.now()}),
        ("messaging_phonecode_sent_with_a_digest", PhoneCodeFactory, {"used_at": timezone.now()}),
        ("messaging_message_channel_known", MessageFactory, {"channel": "FAX"}),
        ("messaging_message_status_known", MessageFactory, {"status": "LOST"}),
        ("messaging_message_rating_1_to_5_on_the_ask", MessageFactory, {"rating": 0}),
        ("messaging_message_rating_1_to_5_on_the_ask", MessageFactory, {"rating": 6}),
        (
            "messaging_message_rating_1_to_5_on_the_ask",
            MessageFactory,
            {"rating": 5, "type": "REMINDER"},
        ),
        ("messaging_message_sending_has_a_lease", MessageFactory, {"status": "SENDING"}),
        ("messaging_message_text_has_a_version", MessageFactory, {"template_id": uuid4()}),
        ("messaging_message_text_has_a_version", MessageFactory, {"template_version": 2}),
        (
            "messaging_message_text_has_a_version",
            MessageFactory,
            {"template_id": uuid4(), "template_version": 0},
        ),
        (
            "messaging_message_values_of_an_approved_text",
            MessageFactory,
            {"content_values": {"1": "Ana"}},
        ),
        ("messaging_message_cost_in_a_currency", MessageFactory, {"cost": 1}),
        ("messaging_message_cost_in_a_currency", MessageFactory, {"cost_currency": "USD"}),
        (
            "messaging_message_cost_in_a_currency",
            MessageFactory,
            {"cost": 1, "cost_currency": "us"},
        ),
        ("messaging_message_replied_has_a_time", MessageFactory, {"status": "REPLIED"}),
        ("messaging_sender_channel_known", SenderFactory, {"channel": "FAX"}),
        ("messaging_sender_rate_positive", SenderFactory, {"rate_per_second": 0}),
        (
            "messaging_sender_probed_only_while_paused",
            SenderFactory,
            {"next_probe_at": timezone.now()},
        ),
        ("messaging_inbound_channel_known", InboundMessageFactory, {"channel": "FAX"}),
        ("messaging_inbound_intent_known", InboundMessageFactory, {"intent": "shout"}),
        ("messaging_inbound_rating_1_to_5", InboundMessageFactory, {"rating": 10}),
        ("messaging_feedback_status_known", FeedbackFactory, {"status": "LOST"}),
        ("messaging_feedback_rating_1_to_5", FeedbackFactory, {"rating": 0}),
        ("messaging_feedback_resolved_has_a_time", FeedbackFactory, {"status": "RESOLVED"}),
        ("messaging_recoverystep_kind_known", RecoveryStepFactory, {"kind": "SHRUG"}),
        ("messaging_textlabels_source_known", TextLabelsFactory, {"source": "POEM"}),
        ("messaging_textlabels_urgency_known", TextLabelsFactory, {"urgency": "now"}),
        ("messaging_textlabels_sentiment_known", TextLabelsFactory, {"sentiment": "mixed"}),
        ("messaging_textlabels_topics_known", TextLabelsFactory, {"topics": ["care", "food"]}),
        (
            "messaging_textlabels_correction_has_a_name",
            TextLabelsFactory,
            {"corrected_at": timezone.now()},
        ),
        (
            "messaging_assistantsettings_on_is_agreed",
            AssistantSettingsFactory,
            {"enabled_at": timezone.now(), "enabled_by_name": "Ana"},
        ),
        (
            "messaging_assistantsettings_on_is_agreed",
            AssistantSettingsFactory,
            {"enabled_at": timezone.now(), "recipient": "anthropic Anthropic double-1"},
        ),
        (
            "messaging_assistantsettings_budget_positive",
            AssistantSettingsFactory,
            {"budget_micro_usd": -1},
        ),
        ("messaging_assistantcall_feature_known", AssistantCallFactory, {"feature": "POEM"}),
        (
            "messaging_assistantcall_outcome_known",
            AssistantCallFactory,
            {"outcome": "LUCKY", "finished_at": timezone.now()},
        ),
        ("messaging_assistantcall_finished_has_a_time", AssistantCallFactory, {"outcome": "DONE"}),
        (
            "messaging_assistantcall_finished_has_a_time",
            AssistantCallFactory,
            {"finished_at": timezone.now()},
        ),
        ("messaging_assistantcall_counts_positive", AssistantCallFactory, {"cost_micro_usd": -1}),
        ("messaging_assistantcall_counts_positive", AssistantCallFactory, {"input_tokens": -1}),
        (
            "messaging_assistantsummary_first_of_month",
            AssistantSummaryFactory,
            {"month": date(2026, 3, 2)},
        ),
        (
            "messaging_assistantsummary_names_patients",
            AssistantSummaryFactory,
            {"patient_ids": []},
        ),
        ("insights_deskrating_1_to_5", DeskRatingFactory, {"rating": 6}),
        (
            "messaging_conversation_waiting_is_open",
            ConversationFactory,
            {"closed_at": timezone.now()},
        ),
        (
            "messaging_inboundattachment_status_known",
            InboundAttachmentFactory,
            {"status": "EATEN"},
        ),
        (
            "messaging_inboundattachment_stored_has_data",
            InboundAttachmentFactory,
            {"data": None},
        ),
        ("messaging_conversation_channel_known", ConversationFactory, {"channel": "FAX"}),
        (
            "messaging_conversation_snoozed_is_open",
            ConversationFactory,
            {"snoozed_until": timezone.now(), "closed_at": timezone.now(), "waiting_since": None},
        ),
        (
            "messaging_feedback_snoozed_is_not_resolved",
            FeedbackFactory,
            {
                "snoozed_until": timezone.now(),
                "status": "RESOLVED",
                "resolved_at": timezone.now(),
            },
        ),
        ("messaging_quote_shown_has_allowed_words", QuoteFactory, {"text": ""}),
        ("messaging_quote_shown_has_allowed_words", QuoteFactory, {"allowed_at": None}),
        (
            "messaging_quote_shown_has_allowed_words",
            QuoteFactory,
            {"withdrawn_at": timezone.now(), "withdrawn_because": "WORDS"},
        ),
        ("messaging_quote_withdrawn_for_a_reason", QuoteFactory, {"withdrawn_because": "WORDS"}),
        (
            "messaging_quote_withdrawn_for_a_reason",
            QuoteFactory,
            {"withdrawn_at": timezone.now(), "text": "", "withdrawn_because": "MOOD"},
        ),
    ],
)
def test_constraint_refuses_row(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_second_attachment_with_the_same_media_is_refused() -> None:
    attachment = InboundAttachmentFactory.create()

    assert_refused(
        "messaging_inboundattachment_once",
        InboundAttachmentFactory,
        workspace=attachment.workspace,
        inbound=attachment.inbound,
        media_sid=attachment.media_sid,
    )


def test_second_labels_of_a_text_are_refused() -> None:
    labels = TextLabelsFactory.create()
    assert_refused(
        "messaging_textlabels_one_a_text",
        TextLabelsFactory,
        workspace=labels.workspace,
        source_id=labels.source_id,
    )


def test_second_summary_of_a_month_is_refused() -> None:
    kept = AssistantSummaryFactory.create()

    assert_refused(
        "messaging_assistantsummary_one_a_viewer",
        AssistantSummaryFactory,
        workspace=kept.workspace,
        month=kept.month,
        language=kept.language,
    )


def test_second_phone_of_a_hidden_number_is_refused() -> None:
    kept = HiddenNumberFactory.create()

    assert_refused(
        "messaging_hiddennumber_once",
        HiddenNumberFactory,
        workspace=kept.workspace,
        sender=kept.sender,
        user_id=kept.user_id,
    )


def test_second_report_of_a_practice_is_refused() -> None:
    report = ReportFactory.create()

    assert_refused(
        "insights_report_one_in_force",
        ReportFactory,
        workspace=report.workspace,
        practice=report.practice,
    )


def test_second_digest_of_a_week_is_refused() -> None:
    kept = DigestFactory.create()

    assert_refused("insights_digest_once", DigestFactory, workspace=kept.workspace, week=kept.week)


def test_second_canned_answer_with_the_same_name_is_refused() -> None:
    kept = CannedAnswerFactory.create()

    assert_refused(
        "messaging_cannedanswer_name_once",
        CannedAnswerFactory,
        workspace=kept.workspace,
        name=kept.name,
    )


def test_patient_may_get_several_answers_of_members() -> None:
    first = MessageFactory.create(type="ANSWER")

    assert MessageFactory.create(workspace=first.workspace, patient=first.patient, type="ANSWER")


@pytest.mark.parametrize(
    "type_", ["INITIAL", "REMINDER", "CLARIFY", "FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY"]
)
def test_second_message_of_a_type_is_refused(type_: str) -> None:
    sent = MessageFactory.create(type=type_)

    assert_refused(
        "messaging_message_once_per_type",
        MessageFactory,
        workspace=sent.workspace,
        patient=sent.patient,
        type=type_,
    )


def test_second_message_with_the_same_provider_id_is_refused() -> None:
    sent = MessageFactory.create(external_id="SM1")

    assert_refused(
        "messaging_message_external_id_key", MessageFactory, external_id=sent.external_id
    )


def test_second_sender_with_the_same_address_is_refused() -> None:
    sender = SenderFactory.create()

    assert_refused(
        "messaging_sender_address_unique",
        SenderFactory,
        channel=sender.channel,
        address=sender.address,
    )


def test_second_stop_of_an_address_is_refused() -> None:
    stop = SenderStopFactory.create()

    assert_refused(
        "messaging_senderstop_once", SenderStopFactory, sender=stop.sender, address=stop.address
    )


def test_second_webhook_with_the_same_key_is_refused() -> None:
    event = IncomingWebhookFactory.create()

    assert_refused(
        "core_webhook_once", IncomingWebhookFactory, provider=event.provider, key=event.key
    )


def test_message_may_use_a_shared_sender() -> None:
    MessageFactory.create(sender=SenderFactory.create(workspace=None))


def test_message_with_sender_of_another_workspace_is_refused() -> None:
    theirs = SenderFactory.create(workspace=WorkspaceFactory.create())

    assert_refused("messaging_message_sender_own", MessageFactory, sender=theirs)


@pytest.mark.parametrize(
    "sequence",
    [
        [
            MessageStatus.PENDING,
            MessageStatus.SENDING,
            MessageStatus.UNKNOWN,
            MessageStatus.SENT,
            MessageStatus.FAILED,
        ],
        [MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.REPLIED],
        [MessageStatus.FAILED, MessageStatus.DELIVERED],
        [MessageStatus.PENDING, MessageStatus.CANCELLED],
    ],
)
def test_status_of_a_message_only_rises(sequence: list[MessageStatus]) -> None:
    for before, after in pairwise(sequence):
        assert Message(status=before).may_become(after)
        assert not Message(status=after).may_become(before)


@pytest.mark.parametrize(
    "status", [status for status in MessageStatus if status != MessageStatus.PENDING]
)
def test_only_pending_message_can_be_cancelled(status: MessageStatus) -> None:
    assert not Message(status=status).may_become(MessageStatus.CANCELLED)
    assert not Message(status=MessageStatus.CANCELLED).may_become(status)
