"""Lists for programs: sent in as a file, read in the background, with what was wrong row by row."""

import json
from typing import Any, ClassVar, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import ChoiceFilter, FilterSet, UUIDFilter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from core.api import pagination, reading
from core.api.fields import RequestSerializer, refuse
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.problems import FieldError
from core.api.views import ListView, OneView, RowsView
from patients.imports import undo, upload
from patients.imports.upload import Choices
from patients.lists.columns import Field
from patients.lists.problem_messages import problem_message
from patients.models import DateOrder, Import, ImportProblem, ImportStatus
from patients.models.imports import ImportProblemQuerySet, ImportQuerySet
from workspaces.access import Can


class ImportTold(serializers.ModelSerializer[Import]):
    """A list of appointments. Every row of it is new, known or refused."""

    campaign_id = serializers.UUIDField()
    rows_total = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(help_text="Why the whole list failed; else empty.")

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


class OneImportTold(ImportTold):
    problem_detail = serializers.CharField(help_text="The same in words.")
    problems_url = serializers.CharField(help_text="What was wrong, row by row.")

    class Meta(ImportTold.Meta):
        fields = (*ImportTold.Meta.fields, "problem_detail", "problems_url")


class StoredImport(ImportTold):
    """What the database has of it: the words are those of whoever reads it."""

    class Meta(ImportTold.Meta):
        fields = (*ImportTold.Meta.fields, "problem_details")


class RefusedRowTold(serializers.ModelSerializer[ImportProblem]):
    """A row that was not taken, or not wholly, and why."""

    message = serializers.CharField()
    cells = serializers.ListField(help_text="As they stand in the file.")

    class Meta:
        model = ImportProblem
        fields = ("row_number", "reason", "message", "cells")


class StoredProblem(serializers.ModelSerializer[ImportProblem]):
    class Meta:
        model = ImportProblem
        fields = ("row_number", "reason", "details", "cells")


@extend_schema_field({"type": "string", "format": "binary"})
class ListFile(serializers.FileField):
    pass


class UploadBody(RequestSerializer):
    file = ListFile(help_text="CSV or Excel (.xlsx).")
    mapping = serializers.CharField(
        required=False,
        max_length=10_000,
        help_text="JSON: which column holds which of our fields, such as"
        ' `{"phone": "Celular"}`. The others are guessed by their headings.',
    )
    date_order = serializers.ChoiceField(choices=DateOrder.choices, required=False)
    sheet = serializers.CharField(required=False, max_length=100, help_text="Of a workbook.")
    consent_words = serializers.CharField(
        required=False,
        max_length=200,
        help_text="That everybody agreed, and how; for a list without such a column.",
    )


class ImportFilters(FilterSet):
    campaign_id = UUIDFilter()
    status = ChoiceFilter(choices=ImportStatus.choices)


class OfImports(RowsView[Import]):
    read_scope = "imports:read"
    described_by: ClassVar[reading.Told] = StoredImport
    beside = ("campaign__practice",)

    def rows(self) -> ImportQuerySet:
        return Import.objects.within(self.workspace).visible_to(self.user)

    def values(self, key: UUID) -> reading.Values:
        values = super().values(key)
        details, problem = values.pop("problem_details"), values["problem"]
        return values | {
            "problem_detail": problem_message(problem, details) if problem else "",
            "problems_url": reverse("api_import_problems", args=[key]),
        }


class Imports(OfImports, ListView[Import]):
    described_by = ImportTold
    filterset_class = ImportFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_imports", "All lists, the newest first",
            scope="imports:read", permission=Can.UPLOAD_LISTS,
            answers=ImportTold, is_list=True,
        ),
    }  # fmt: skip


class Upload(OfImports):
    parser_classes = (MultiPartParser,)
    most = upload.LARGEST_FORM
    operations: ClassVar = {
        "POST": Operation(
            "upload_import", "Send in a list as a file",
            scope="imports:write", permission=Can.UPLOAD_LISTS,
            takes=UploadBody, answers=OneImportTold, status=202,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        """It is read in the background: ask for it until its status is DONE or FAILED. Rows that
        cannot be taken are refused, each for itself."""
        campaigns = Campaign.objects.within(self.workspace).visible_to(self.user)
        found = get_object_or_404(campaigns, pk=campaign)
        sent, mistakes = self.read(UploadBody)
        columns = _columns(sent.get("mapping", "{}"), mistakes)
        refuse(mistakes)
        listed = upload.upload(
            campaign=found,
            file=cast(UploadedFile, sent["file"]),
            by=self.user,
            choices=Choices(
                sheet=sent.get("sheet", ""),
                columns=columns,
                date_order=sent.get("date_order", ""),
                consent_words=sent.get("consent_words", ""),
            ),
        )
        return self.made(listed.pk, at="api_import", status=202)


class OneImport(OfImports, OneView[Import]):
    operations: ClassVar = {
        "GET": Operation(
            "get_import", "One list: how far it is, and what came of it",
            scope="imports:read", permission=Can.UPLOAD_LISTS, answers=OneImportTold,
        ),
    }  # fmt: skip


class ImportProblemsView(ListView[ImportProblem]):
    described_by = StoredProblem
    is_warning: ClassVar = False
    order = pagination.PageOrder("row_number", newest_first=False)
    operations: ClassVar = {
        "GET": Operation(
            "list_import_problems", "The rows that were not taken, in the order of the file",
            scope="imports:read", permission=Can.UPLOAD_LISTS,
            answers=RefusedRowTold, is_list=True,
        ),
    }  # fmt: skip

    def rows(self) -> QuerySet[Any]:
        visible = Import.objects.within(self.workspace).visible_to(self.user)
        source = get_object_or_404(visible, pk=self.kwargs["import_"])
        seen: ImportProblemQuerySet = ImportProblem.objects.within(self.workspace)
        return seen.filter(source=source, is_warning=self.is_warning)

    def page(self, request: Request) -> pagination.ApiPage:
        found = super().page(request)
        return pagination.ApiPage([_in_words(row) for row in found.rows], found.next)


class Warnings(ImportProblemsView):
    is_warning: ClassVar = True
    operations: ClassVar = {
        "GET": Operation(
            "list_import_warnings", "The rows that were taken without a part of theirs",
            scope="imports:read", permission=Can.UPLOAD_LISTS,
            answers=RefusedRowTold, is_list=True,
        ),
    }  # fmt: skip


class CancelImportView(OfImports):
    operations: ClassVar = {
        "POST": Operation(
            "cancel_import", "Call off a list that is not in yet",
            scope="imports:write", permission=Can.UPLOAD_LISTS, answers=OneImportTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        upload.cancel(listed=self.held(import_), by=self.user)
        return self.tagged(self.values(import_))


class TakeBack(OfImports):
    operations: ClassVar = {
        "POST": Operation(
            "take_import_back", "Take back a list of which nobody was asked yet",
            scope="imports:write", permission=Can.UPLOAD_LISTS, answers=OneImportTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, import_: UUID) -> Response:  # noqa: ARG002
        undo.take_back(listed=self.held(import_), by=self.user)
        return self.tagged(self.values(import_))


def _in_words(row: str) -> str:
    """The words are those of whoever reads it."""
    values = json.loads(row)
    values["message"] = problem_message(values["reason"], values.pop("details"))
    return json.dumps(values, ensure_ascii=False)


def _columns(written: str, mistakes: list[FieldError]) -> dict[str, str]:
    """Return which column holds which field; what is wrong with that joins the mistakes."""
    try:
        columns = json.loads(written)
    except ValueError:
        columns = None
    if not isinstance(columns, dict) or not all(isinstance(one, str) for one in columns.values()):
        mistakes.append(FieldError("mapping", "invalid", 'As JSON, such as {"phone": "Celular"}.'))
        return {}
    known = {str(field) for field in Field}
    fields = ", ".join(sorted(known))
    mistakes += [
        FieldError(f"mapping.{name[:40]}", "unknown", f"One of: {fields}.")
        for name in columns
        if name not in known
    ]
    return columns
