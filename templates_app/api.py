"""The texts of a workspace for programs: the same actions as behind the pages."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.forms import model_to_dict
from django_filters import BooleanFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import RequestSerializer, StrictBooleanField, StrictCharField, clean_form
from core.api.idempotency import idempotent
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from core.models.base import TenantQuerySet
from templates_app import actions
from templates_app.forms import LONGEST, NewTemplateForm, TemplateForm
from templates_app.models import (
    ApprovalRequest,
    Channel,
    MessageType,
    RequestState,
    Template,
)
from templates_app.template_list import PURPOSES
from workspaces.access import Can
from workspaces.models import Language

TYPES = [(kind.value, kind.label) for kind in map(MessageType, PURPOSES)]


class WhatsappApprovalSerializer(ModelSerializer[ApprovalRequest]):
    """The last submission of a text to Meta."""

    state = serializers.ChoiceField(choices=RequestState.choices)
    category = serializers.CharField(
        source="meta_category", help_text="Meta’s, or the one that was asked for until it decides."
    )
    rejection_reason = serializers.CharField(help_text="In Meta’s words.")

    class Meta:
        model = ApprovalRequest
        fields = ("state", "version", "category", "rejection_reason", "created_at", "updated_at")


class TemplateSerializer(ModelSerializer[Template]):
    """A text that patients get."""

    variables = serializers.ListField(child=serializers.CharField())
    whatsapp = serializers.SerializerMethodField(
        help_text="The last submission to Meta, or null. Its state changes without a new version."
    )

    @extend_schema_field(WhatsappApprovalSerializer(allow_null=True))
    def get_whatsapp(self, template: Template) -> dict[str, Any] | None:
        last = max(template.approval_requests.all(), key=lambda each: each.pk, default=None)
        return WhatsappApprovalSerializer(last).data if last else None

    class Meta:
        model = Template
        fields = (
            "id",
            "name",
            "type",
            "language",
            "channel",
            "subject",
            "content",
            "variables",
            "description",
            "is_default",
            "version",
            "whatsapp",
            "created_at",
            "updated_at",
        )


class TemplateWriteSerializer(RequestSerializer):
    name = StrictCharField(max_length=120)
    description = StrictCharField(max_length=200, allow_blank=True, required=False)
    subject = StrictCharField(
        max_length=150, allow_blank=True, required=False, help_text="Only for e-mails."
    )
    content = StrictCharField(
        max_length=LONGEST, help_text="With variables such as `{{firstName}}`."
    )


class TemplateCreateSerializer(TemplateWriteSerializer):
    type = serializers.ChoiceField(choices=TYPES)
    language = serializers.ChoiceField(choices=Language.choices)
    channel = serializers.ChoiceField(
        choices=Channel.choices, allow_blank=True, required=False, help_text="Empty: every channel."
    )
    is_default = StrictBooleanField(required=False, help_text="Use it from now on.")


class MakeDefaultSerializer(RequestSerializer):
    everywhere = StrictBooleanField(
        required=False,
        help_text="Also on channels that have a text of their own; otherwise they keep it.",
    )


class TemplateFilterSet(FilterSet):
    type = ChoiceFilter(choices=TYPES)
    language = ChoiceFilter(choices=Language.choices)
    channel = ChoiceFilter(choices=Channel.choices)
    is_default = BooleanFilter()


class TemplateBaseView(ApiView):
    read_scope = "templates:read"
    serializer_class = TemplateSerializer
    lookup_url_kwarg = "template"

    def get_queryset(self) -> TenantQuerySet[Template]:
        requests = ApprovalRequest.objects.within(self.workspace).select_related("approved_text")
        return Template.objects.within(self.workspace).prefetch_related(
            Prefetch("approval_requests", requests)
        )


class TemplateListView(TemplateBaseView, ListView):
    filterset_class = TemplateFilterSet

    @extend_schema(operation_id="list_templates", summary="All texts, the newest first")
    @requires("templates:read", Can.SEE_TEXTS)
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_template", summary="Write a text",
        request=TemplateCreateSerializer, responses={201: TemplateSerializer},
    )  # fmt: skip
    @requires("templates:write", Can.MANAGE_TEXTS)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        data, errors = self.read_body(TemplateCreateSerializer)
        as_default = data.pop("is_default", False)
        blank = Template(workspace=self.workspace)
        form = NewTemplateForm(model_to_dict(blank) | data, instance=blank)
        clean_form(form, known=errors)
        template = actions.create_template(
            workspace=self.workspace,
            kind=form.kind(),
            details=form.details(),
            by=self.user,
            as_default=as_default,
        )
        return self.created_response(template.pk, url_name="api_template")


class TemplateDetailView(TemplateBaseView, DetailView):
    @extend_schema(operation_id="get_template", summary="One text")
    @requires("templates:read", Can.SEE_TEXTS)
    def get(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)

    @extend_schema(
        operation_id="change_template", summary="Change a text", request=TemplateWriteSerializer
    )
    @requires("templates:write", Can.MANAGE_TEXTS)
    def patch(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        """The earlier text is kept as a version."""
        row = self.get_object_for_update()
        data, errors = self.read_body(TemplateWriteSerializer, partial=True)
        form = TemplateForm(model_to_dict(row) | data, instance=row)
        clean_form(form, known=errors)
        actions.change_template(template=row, details=form.details(), by=self.user)
        return self.object_response(template)

    @extend_schema(
        operation_id="delete_template", summary="Delete a text that is not in use",
        responses={204: None},
    )  # fmt: skip
    @requires("templates:write", Can.MANAGE_TEXTS)
    def delete(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        actions.delete_template(template=self.get_object_for_update(), by=self.user)
        return Response(status=204)


class MakeTemplateDefaultView(TemplateBaseView):
    @extend_schema(
        operation_id="make_template_default", summary="Use this text from now on",
        request=MakeDefaultSerializer,
    )  # fmt: skip
    @requires("templates:write", Can.MANAGE_TEXTS)
    @idempotent
    def post(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        """It replaces the text that was used for its type, language and channel.

        A text for every channel is not used where a channel has one of its own, unless
        `everywhere` is true.
        """
        everywhere = self.valid_body(MakeDefaultSerializer).get("everywhere", False)
        row = self.get_object_for_update()
        actions.make_default_template(template=row, by=self.user, everywhere=everywhere)
        return self.object_response(template)
