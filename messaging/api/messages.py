from typing import ClassVar
from uuid import UUID

from django_filters import ChoiceFilter, FilterSet, NumberFilter, UUIDFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import TimestampFilter
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, ColumnListView, DetailView
from messaging.models import Message, MessageStatus
from messaging.models.visibility import VisibleWithPatient
from templates_app.models import Channel, MessageType
from workspaces.access import Can


class MessageSerializer(ModelSerializer[Message]):
    """A message that was sent or will be sent to a patient, and for an ask what they answered."""

    campaign_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    content = serializers.CharField(help_text="The text as it was sent; empty before.")
    error = serializers.CharField()
    template_id = serializers.UUIDField(
        allow_null=True,
        help_text="The text that it was composed from. It may have been deleted.",
    )
    template_version = serializers.IntegerField(
        allow_null=True,
        min_value=0,
        help_text="Null: unknown, or written by a person. 0: a default text of Reputation Manager.",
    )
    content_sid = serializers.CharField(
        help_text="The WhatsApp template that was sent; `content` is then its approved text."
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


class MessageFilterSet(FilterSet):
    campaign_id = UUIDFilter()
    patient_id = UUIDFilter()
    type = ChoiceFilter(choices=MessageType.choices)
    channel = ChoiceFilter(choices=Channel.choices)
    status = ChoiceFilter(choices=MessageStatus.choices)
    rating = NumberFilter(min_value=1, max_value=5)
    sent_after = TimestampFilter("sent_at", lookup_expr="gte")
    sent_before = TimestampFilter("sent_at", lookup_expr="lt")


class MessageBaseView(ApiView):
    serializer_class = MessageSerializer
    lookup_url_kwarg = "message"

    def get_queryset(self) -> VisibleWithPatient[Message]:
        return Message.objects.within(self.workspace).visible_to(self.user)


class MessageListView(MessageBaseView, ColumnListView):
    fields: ClassVar = MessageSerializer.Meta.fields
    filterset_class = MessageFilterSet

    @extend_schema(operation_id="list_messages", summary="All messages, the newest first")
    @requires("messages:read", Can.SEE_PATIENTS)
    def get(self, request: Request) -> Response:
        return self.list(request)


class MessageDetailView(MessageBaseView, DetailView):
    @extend_schema(operation_id="get_message", summary="One message")
    @requires("messages:read", Can.SEE_PATIENTS)
    def get(self, request: Request, message: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)
