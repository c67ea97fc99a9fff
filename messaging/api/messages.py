from typing import ClassVar

from django_filters import ChoiceFilter, FilterSet, NumberFilter, UUIDFilter
from rest_framework import serializers

from core.api.filters import MomentFilter
from core.api.operations import Operation
from core.api.views import ListView, OneView, RowsView
from messaging.models import Message, MessageStatus
from messaging.models.visibility import VisibleWithPatient
from templates_app.models import Channel, MessageType
from workspaces.access import Can


class MessageTold(serializers.ModelSerializer[Message]):
    """What was, or is to be, sent to a patient; on an ask stands what was answered."""

    campaign_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    content = serializers.CharField(help_text="As it was sent; empty until then.")
    error = serializers.CharField()
    template_id = serializers.UUIDField(
        allow_null=True,
        help_text="The text that it was composed from, which may have been deleted since.",
    )
    template_version = serializers.IntegerField(
        allow_null=True,
        min_value=0,
        help_text="Null: not known, or a person's own words. 0: a text of Reputation Manager.",
    )
    content_sid = serializers.CharField(
        help_text="Of the WhatsApp template that went out; `content` is then the approved text."
    )
    rating = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)

    class Meta:
        model = Message
        fields = (
            "id",
            "campaign_id",
            "patient_id",
            "type",
            "channel",
            "status",
            "content",
            "template_id",
            "template_version",
            "content_sid",
            "segments",
            "rating",
            "comment",
            "error",
            "error_code",
            "sent_at",
            "delivered_at",
            "read_at",
            "replied_at",
            "created_at",
            "updated_at",
        )


class MessageFilters(FilterSet):
    campaign_id = UUIDFilter()
    patient_id = UUIDFilter()
    type = ChoiceFilter(choices=MessageType.choices)
    channel = ChoiceFilter(choices=Channel.choices)
    status = ChoiceFilter(choices=MessageStatus.choices)
    rating = NumberFilter(min_value=1, max_value=5)
    sent_after = MomentFilter("sent_at", lookup_expr="gte")
    sent_before = MomentFilter("sent_at", lookup_expr="lt")


class OfMessages(RowsView[Message]):
    described_by = MessageTold

    def rows(self) -> VisibleWithPatient[Message]:
        return Message.objects.within(self.workspace).visible_to(self.user)


class Messages(OfMessages, ListView[Message]):
    filterset_class = MessageFilters
    is_alike = True
    operations: ClassVar = {
        "GET": Operation(
            "list_messages", "All messages, the newest first",
            scope="messages:read", permission=Can.SEE_PATIENTS,
            answers=MessageTold, is_list=True,
        ),
    }  # fmt: skip


class OneMessage(OfMessages, OneView[Message]):
    operations: ClassVar = {
        "GET": Operation(
            "get_message", "One message",
            scope="messages:read", permission=Can.SEE_PATIENTS, answers=MessageTold,
        ),
    }  # fmt: skip
