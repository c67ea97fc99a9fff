"""Lists for programs: sent in as a file, read in the background, with errors for each row."""

import json
from typing import Any, ClassVar, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import ChoiceFilter, FilterSet, UUIDFilter
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from core.api.fields import RequestSerializer, raise_errors
from core.api.idempotency import idempotent
from core.api.pagination import ApiCursorPagination
from core.api.problems import FieldError
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from patients.imports import undo, upload
from patients.imports.upload import Choices
from patients.lists.column_mapping import Field
from patients.lists.problem_messages import problem_message
from patients.models import DateOrder, Import, ImportProblem, ImportStatus
from patients.models.imports import ImportProblemQuerySet, ImportQuerySet
from workspaces.access import Can


class ImportSerializer(ModelSerializer[Import]):
    """A list of appointments. Every row of it is new, known or refused."""

    campaign_id = serializers.UUIDField()
    rows_total = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(help_text="Why the whole list failed; empty otherwise.")

    class Meta:
        model = Import
        fields: tuple[str, ...] = (
            "id",
            "campaign_id",
            "filename",
            "status",
            "mapping",
            "date_order",
            "rows_total",
            "rows_read",
            "rows_new",
            "rows_known",
            "rows_refused",
            "rows_changed",
            "rows_warned",
            "will_be_asked",
            "asked_anyway",
            "first_ask_at",
            "last_ask_at",
            "problem",
            "started_at",
            "finished_at",
            "created_at",
            "updated_at",
        )


class ImportDetailSerializer(ImportSerializer):
    problem_detail = serializers.SerializerMethodField(help_text="The problem in words.")
    problems_url = serializers.SerializerMethodField(
        help_text="The address of the errors of each row."
    )

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "problem_detail", "problems_url")

    def get_problem_detail(self, source: Import) -> str:
        return problem_message(source.problem, source.problem_details) if source.problem else ""

    def get_problems_url(self, source: Import) -> str:
        return reverse("api_import_problems", args=[source.pk])


class ImportProblemSerializer(ModelSerializer[ImportProblem]):
    """A row that was refused, or accepted without a part of it, and why."""

    message = serializers.SerializerMethodField()
    cells = serializers.ListField(help_text="The cells of the row in the file.")

    class Meta:
        model = ImportProblem
        fields = ("row_number", "reason", "message", "cells")

    def get_message(self, problem: ImportProblem) -> str:
        return problem_message(problem.reason, problem.details)


@extend_schema_field({"type": "string", "format": "binary"})
class ListFileField(serializers.FileField):
    pass


class UploadSerializer(RequestSerializer):
    file = ListFileField(help_text="CSV or Excel (.xlsx).")
    mapping = serializers.CharField(
        required=False,
        max_length=10_000,
        help_text="JSON: the column of each of our fields, such as"
        ' `{"phone": "Celular"}`. Other columns are recognised by their headings.',
    )
    date_order = serializers.ChoiceField(choices=DateOrder.choices, required=False)
    sheet = serializers.CharField(
        required=False, max_length=100, help_text="The sheet of a workbook."
    )
    consent_words = serializers.CharField(
        required=False,
        max_length=200,
        help_text="How all patients of the list agreed, if it has no column for it.",
    )


class ImportFilterSet(FilterSet):
    campaign_id = UUIDFilter()
    status = ChoiceFilter(choices=ImportStatus.choices)


class ImportBaseView(ApiView):
    read_scope = "imports:read"
    serializer_class: type[serializers.BaseSerializer[Any]] = ImportDetailSerializer
    lookup_url_kwarg = "import_"

    def get_queryset(self) -> ImportQuerySet:
        return Import.objects.within(self.workspace).visible_to(self.user)


class ImportListView(ImportBaseView, ListView):
    serializer_class = ImportSerializer
    filterset_class = ImportFilterSet

    @extend_schema(operation_id="list_imports", summary="All lists, the newest first")
    @requires("imports:read", Can.UPLOAD_LISTS)
    def get(self, request: Request) -> Response:
        return self.list(request)


class UploadView(ImportBaseView):
    parser_classes = (MultiPartParser,)
    max_body_bytes = upload.LARGEST_FORM

    @extend_schema(
        operation_id="upload_import", summary="Upload a list as a file",
        request=UploadSerializer, responses={202: ImportDetailSerializer},
    )  # fmt: skip
    @requires("imports:write", Can.UPLOAD_LISTS)
    @idempotent
    def post(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        """The list is read in the background: poll it until its status is DONE or FAILED. Rows that
        cannot be used are refused one by one."""
        campaigns = Campaign.objects.within(self.workspace).visible_to(self.user)
        row = get_object_or_404(campaigns, pk=campaign)
        data, errors = self.read_body(UploadSerializer)
        columns = _parse_mapping(data.get("mapping", "{}"), errors)
        raise_errors(errors)
        source = upload.upload(
            campaign=row,
            file=cast(UploadedFile, data["file"]),
            by=self.user,
            choices=Choices(
                sheet=data.get("sheet", ""),
                columns=columns,
                date_order=data.get("date_order", ""),
                consent_words=data.get("consent_words", ""),
            ),
        )
        return self.created_response(source.pk, url_name="api_import", status=202)


class ImportDetailView(ImportBaseView, DetailView):
    @extend_schema(operation_id="get_import", summary="One list, with its progress and result")
    @requires("imports:read", Can.UPLOAD_LISTS)
    def get(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)


class RowNumberPagination(ApiCursorPagination):
    ordering = "row_number"


@extend_schema_view(
    get=extend_schema(
        operation_id="list_import_problems",
        summary="Refused rows, in the order of the file",
    )
)
class ImportProblemListView(ListView):
    serializer_class = ImportProblemSerializer
    pagination_class = RowNumberPagination
    is_warning: ClassVar = False

    @requires("imports:read", Can.UPLOAD_LISTS)
    def get(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        return self.list(request)

    def get_queryset(self) -> ImportProblemQuerySet:
        visible = Import.objects.within(self.workspace).visible_to(self.user)
        source = get_object_or_404(visible, pk=self.kwargs["import_"])
        problems: ImportProblemQuerySet = ImportProblem.objects.within(self.workspace)
        return problems.filter(source=source, is_warning=self.is_warning)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_import_warnings",
        summary="Rows that were accepted without a part of them",
    )
)
class ImportWarningListView(ImportProblemListView):
    is_warning: ClassVar = True


class CancelImportView(ImportBaseView):
    @extend_schema(
        operation_id="cancel_import", summary="Cancel a list that is not imported yet", request=None
    )
    @requires("imports:write", Can.UPLOAD_LISTS)
    @idempotent
    def post(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        upload.cancel(listed=self.get_object_for_update(), by=self.user)
        return self.object_response(import_)


class TakeImportBackView(ImportBaseView):
    @extend_schema(
        operation_id="take_import_back", request=None,
        summary="Undo a list whose patients were not asked yet",
    )  # fmt: skip
    @requires("imports:write", Can.UPLOAD_LISTS)
    @idempotent
    def post(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        undo.take_back(listed=self.get_object_for_update(), by=self.user)
        return self.object_response(import_)


def _parse_mapping(text: str, errors: list[FieldError]) -> dict[str, str]:
    """Return which column holds which field. What is wrong with it is added to the errors."""
    try:
        columns = json.loads(text)
    except ValueError:
        columns = None
    if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
        errors.append(FieldError("mapping", "invalid", 'As JSON, such as {"phone": "Celular"}.'))
        return {}
    known = {str(field) for field in Field}
    fields = ", ".join(sorted(known))
    errors += [
        FieldError(f"mapping.{name[:40]}", "unknown", f"One of: {fields}.")
        for name in columns
        if name not in known
    ]
    return columns
