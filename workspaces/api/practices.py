from uuid import UUID

from django.db.models import QuerySet
from django.forms import model_to_dict
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import RequestSerializer, StrictCharField, clean_form
from core.api.idempotency import idempotent
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from workspaces import google_listing, practices
from workspaces.access import Can
from workspaces.forms import PracticeForm
from workspaces.models import Practice
from workspaces.models.practice import Country


class PracticeSerializer(ModelSerializer[Practice]):
    """A place where patients are seen."""

    email = serializers.CharField()
    google_place_id = serializers.CharField(
        help_text="Empty if only a link of Google is known: see `google_review_link`."
    )
    google_review_link = serializers.CharField(
        help_text="The link that patients get if there is no place id."
    )
    window_start = serializers.CharField(
        help_text="Messages are sent from this time on, in the practice's time zone."
    )
    window_end = serializers.CharField(
        help_text="Messages are sent until this time, in the practice's time zone."
    )

    class Meta:
        model = Practice
        fields = ("id", *practices.PracticeDetails.__dataclass_fields__, "created_at", "updated_at")


class PracticeWriteSerializer(RequestSerializer):
    name = StrictCharField(max_length=120)
    address = StrictCharField(max_length=200, allow_blank=True, required=False)
    city = StrictCharField(max_length=80, allow_blank=True, required=False)
    state = StrictCharField(max_length=80, allow_blank=True, required=False)
    zip_code = StrictCharField(max_length=20, allow_blank=True, required=False)
    country = serializers.ChoiceField(choices=Country.choices, required=False)
    google_place_id = StrictCharField(
        max_length=google_listing.LONGEST,
        allow_blank=True,
        required=False,
        help_text="The place id, or a link that Google shows for the place: `https://g.page/r/…`,"
        " `https://maps.app.goo.gl/…`, or its address on Google Maps.",
    )
    phone = StrictCharField(max_length=20, allow_blank=True, required=False)
    email = StrictCharField(max_length=254, allow_blank=True, required=False)
    timezone = StrictCharField(
        max_length=64, required=False, help_text="Such as `America/Guayaquil`."
    )
    window_start = StrictCharField(max_length=8, required=False, help_text="Such as `08:00`.")
    window_end = StrictCharField(max_length=8, required=False, help_text="Such as `20:00`.")


class PracticeFilterSet(FilterSet):
    name = CharFilter(lookup_expr="iexact", max_length=120)
    country = ChoiceFilter(choices=Country.choices)


class PracticeBaseView(ApiView):
    read_scope = "practices:read"
    serializer_class = PracticeSerializer
    lookup_url_kwarg = "practice"

    def get_queryset(self) -> QuerySet[Practice]:
        rows: QuerySet[Practice] = self.workspace.practices.all()
        return rows


class PracticeListView(PracticeBaseView, ListView):
    filterset_class = PracticeFilterSet

    @extend_schema(operation_id="list_practices", summary="All practices, the newest first")
    @requires("practices:read", Can.SEE_PRACTICES)
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_practice", summary="Add a practice",
        request=PracticeWriteSerializer, responses={201: PracticeSerializer},
    )  # fmt: skip
    @requires("practices:write", Can.MANAGE_PRACTICES)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        data, errors = self.read_body(PracticeWriteSerializer)
        blank = Practice(workspace=self.workspace)
        form = PracticeForm(model_to_dict(blank) | data, instance=blank)
        clean_form(form, known=errors)
        practice = practices.create_practice(
            workspace=self.workspace, details=form.details(), by=self.user
        )
        return self.created_response(practice.pk, url_name="api_practice")


class PracticeDetailView(PracticeBaseView, DetailView):
    @extend_schema(operation_id="get_practice", summary="One practice")
    @requires("practices:read", Can.SEE_PRACTICES)
    def get(self, request: Request, practice: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)

    @extend_schema(
        operation_id="change_practice", summary="Change a practice", request=PracticeWriteSerializer
    )
    @requires("practices:write", Can.MANAGE_PRACTICES)
    def patch(self, request: Request, practice: UUID) -> Response:  # noqa: ARG002
        row = self.get_object_for_update()
        data, errors = self.read_body(PracticeWriteSerializer, partial=True)
        stored = model_to_dict(row) | {"google_place_id": row.listing}
        form = PracticeForm(stored | data, instance=row)
        clean_form(form, known=errors)
        practices.change_practice(practice=row, details=form.details(), by=self.user)
        return self.object_response(practice)

    @extend_schema(
        operation_id="remove_practice", summary="Remove a practice", responses={204: None}
    )
    @requires("practices:write", Can.MANAGE_PRACTICES)
    def delete(self, request: Request, practice: UUID) -> Response:  # noqa: ARG002
        """Only a practice without campaigns can be removed."""
        practices.remove_practice(practice=self.get_object_for_update(), by=self.user)
        return Response(status=204)
