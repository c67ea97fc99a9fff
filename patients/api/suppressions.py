from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import RequestSerializer, StrictCharField
from core.api.idempotency import idempotent
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from patients import suppressions
from patients.addresses import normalize_address
from patients.models import Suppression, SuppressionReason
from workspaces.access import Can


class SuppressionSerializer(ModelSerializer[Suppression]):
    """An address that gets no messages."""

    address = serializers.CharField(source="shown", help_text="Empty for an erased person.")

    class Meta:
        model = Suppression
        fields = ("id", "address", "reason", "at", "note", "by", "created_at")


class SuppressionAddSerializer(RequestSerializer):
    addresses = serializers.ListField(
        child=StrictCharField(max_length=254), min_length=1, max_length=suppressions.AT_ONCE,
        help_text="Phones and e-mails.",
    )  # fmt: skip
    note = StrictCharField(max_length=200, allow_blank=True, required=False)


class SuppressionRemoveSerializer(RequestSerializer):
    reason = StrictCharField(
        max_length=200, help_text="It is kept in the audit trail, so leave names out."
    )


class SuppressionsAddedSerializer(serializers.Serializer[Any]):
    """What became of each address."""

    new = serializers.ListField(child=serializers.CharField())
    known = serializers.ListField(child=serializers.CharField())
    unreadable = serializers.ListField(child=serializers.CharField())


class SuppressionFilterSet(FilterSet):
    address = CharFilter(max_length=254, method="filter_address")
    reason = ChoiceFilter(choices=SuppressionReason.choices)

    def filter_address(
        self, rows: QuerySet[Suppression], _name: str, value: str
    ) -> QuerySet[Suppression]:
        return rows.filter(address=normalize_address(value)).exclude(
            reason=SuppressionReason.ERASURE
        )


class SuppressionBaseView(ApiView):
    read_scope = "suppressions:read"
    serializer_class = SuppressionSerializer
    lookup_url_kwarg = "suppression"

    def get_queryset(self) -> QuerySet[Suppression]:
        """Annotate `shown`: the address, or nothing for an erased person."""
        is_erased = When(reason=SuppressionReason.ERASURE, then=Value(""))
        rows = Suppression.objects.within(self.workspace)
        return rows.annotate(shown=Case(is_erased, default="address"))


class SuppressionListView(SuppressionBaseView, ListView):
    filterset_class = SuppressionFilterSet

    @extend_schema(operation_id="list_suppressions", summary="All suppressions, the newest first")
    @requires("suppressions:read", Can.SEE_SUPPRESSIONS)
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="add_suppressions", summary="Add suppressions",
        request=SuppressionAddSerializer, responses={200: SuppressionsAddedSerializer},
    )  # fmt: skip
    @requires("suppressions:write", Can.MANAGE_SUPPRESSIONS)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Up to 1,000. An address that cannot be read does not affect the others."""
        data = self.valid_body(SuppressionAddSerializer)
        added = suppressions.add(
            workspace=self.workspace,
            typed="\n".join(data["addresses"]),
            note=data.get("note", ""),
            by=self.user,
        )
        return Response(SuppressionsAddedSerializer(added).data)


class SuppressionDetailView(SuppressionBaseView, DetailView):
    @extend_schema(operation_id="get_suppression", summary="One suppression")
    @requires("suppressions:read", Can.SEE_SUPPRESSIONS)
    def get(self, request: Request, suppression: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)


class SuppressionRemoveView(SuppressionBaseView):
    @extend_schema(
        operation_id="remove_suppression", summary="Remove a suppression",
        request=SuppressionRemoveSerializer, responses={204: None},
    )  # fmt: skip
    @requires("suppressions:write", Can.MANAGE_SUPPRESSIONS)
    @idempotent
    def post(self, request: Request, suppression: UUID) -> Response:  # noqa: ARG002
        """The suppression of an erased person cannot be removed."""
        row = self.get_object_for_update()
        reason = self.valid_body(SuppressionRemoveSerializer)["reason"]
        suppressions.remove(suppression=row, reason=reason, by=self.user)
        return Response(status=204)
