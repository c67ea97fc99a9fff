from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django_filters import CharFilter, ChoiceFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import RequestSerializer, TextField
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.views import ListView, OneView, RowsView
from patients import suppressions
from patients.consent import normalize_address
from patients.models import Suppression, SuppressionReason
from workspaces.access import Can


class SuppressionTold(serializers.ModelSerializer[Suppression]):
    """An address that is never written to."""

    address = serializers.CharField(source="shown", help_text="Empty for an erased person.")

    class Meta:
        model = Suppression
        fields = ("id", "address", "reason", "at", "note", "by", "created_at")


class SuppressionBody(RequestSerializer):
    addresses = serializers.ListField(
        child=TextField(max_length=254), min_length=1, max_length=suppressions.AT_ONCE,
        help_text="Phones and e-mails.",
    )  # fmt: skip
    note = TextField(max_length=200, allow_blank=True, required=False)


class RemovalBody(RequestSerializer):
    reason = TextField(max_length=200, help_text="It stays in the audit trail: leave names out.")


class AddedTold(serializers.Serializer[Any]):
    """What became of each address."""

    new = serializers.ListField(child=serializers.CharField())
    known = serializers.ListField(child=serializers.CharField())
    unreadable = serializers.ListField(child=serializers.CharField())


class SuppressionFilters(FilterSet):
    address = CharFilter(max_length=254, method="at_address")
    reason = ChoiceFilter(choices=SuppressionReason.choices)

    def at_address(
        self, rows: QuerySet[Suppression], _name: str, value: str
    ) -> QuerySet[Suppression]:
        return rows.filter(address=normalize_address(value)).exclude(
            reason=SuppressionReason.ERASURE
        )


class OfSuppressions(RowsView[Suppression]):
    read_scope = "suppressions:read"
    described_by = SuppressionTold

    def rows(self) -> QuerySet[Suppression]:
        """Of whom asked to be erased nothing is told, be it still there for a while."""
        is_erased = When(reason=SuppressionReason.ERASURE, then=Value(""))
        rows = Suppression.objects.within(self.workspace)
        return rows.annotate(shown=Case(is_erased, default="address"))


class Suppressions(OfSuppressions, ListView[Suppression]):
    filterset_class = SuppressionFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_suppressions", "Who is never written to, the newest first",
            scope="suppressions:read", permission=Can.SEE_SUPPRESSIONS,
            answers=SuppressionTold, is_list=True,
        ),
        "POST": Operation(
            "add_suppressions", "Never write to these again",
            scope="suppressions:write", permission=Can.MANAGE_SUPPRESSIONS,
            takes=SuppressionBody, answers=AddedTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Up to 1,000; what cannot be read stops none of the others."""
        sent = self.body(SuppressionBody)
        added = suppressions.add(
            workspace=self.workspace,
            typed="\n".join(sent["addresses"]),
            note=sent.get("note", ""),
            by=self.user,
        )
        return Response(vars(added))


class OneSuppression(OfSuppressions, OneView[Suppression]):
    operations: ClassVar = {
        "GET": Operation(
            "get_suppression", "One suppression",
            scope="suppressions:read", permission=Can.SEE_SUPPRESSIONS,
            answers=SuppressionTold,
        ),
    }  # fmt: skip


class Removal(OfSuppressions):
    operations: ClassVar = {
        "POST": Operation(
            "remove_suppression", "They may be written to again",
            scope="suppressions:write", permission=Can.MANAGE_SUPPRESSIONS,
            takes=RemovalBody, status=204,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, suppression: UUID) -> Response:  # noqa: ARG002
        """Never of somebody who asked to be erased."""
        found = self.held(suppression)
        reason = self.body(RemovalBody)["reason"]
        suppressions.remove(suppression=found, reason=reason, by=self.user)
        return Response(status=204)
