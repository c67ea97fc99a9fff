"""The doctors of the clinic: which spellings are one person."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from patients.doctors.listing import ListedDoctor
from patients.models import Doctor
from workspaces.access import Can


class DoctorSerializer(ModelSerializer[Doctor]):
    """A doctor. Figures name and filter doctors by `name`."""

    name = serializers.CharField(source="shown", help_text="As shown in messages and results.")
    spellings = serializers.SerializerMethodField(
        help_text="The texts that `doctor_name` of this doctor's patients may have."
    )
    practice_id = serializers.SerializerMethodField()
    member_id = serializers.SerializerMethodField(
        help_text="The member of the team who is this doctor."
    )
    review_url = serializers.SerializerMethodField(
        help_text="Where her patients are led for a public review. Empty: to the practice's page."
    )

    class Meta:
        model = Doctor
        fields = (
            *("id", "name", "spellings", "practice_id", "member_id", "review_url"),
            *("created_at", "updated_at"),
        )

    def get_spellings(self, doctor: Doctor) -> list[str]:
        return [row.name for row in _listed(doctor).rows]

    def get_practice_id(self, doctor: Doctor) -> UUID | None:
        return getattr(_listed(doctor).practice, "pk", None)

    def get_member_id(self, doctor: Doctor) -> UUID | None:
        return getattr(_listed(doctor).member, "pk", None)

    def get_review_url(self, doctor: Doctor) -> str:
        return _listed(doctor).review_url


def _listed(doctor: Doctor) -> ListedDoctor:
    return ListedDoctor((doctor, *doctor.spellings.all()))


class DoctorBaseView(ApiView):
    read_scope = "patients:read"
    serializer_class = DoctorSerializer
    lookup_url_kwarg = "doctor"

    def get_queryset(self) -> QuerySet[Doctor, Any]:
        rows = Doctor.objects.within(self.workspace).select_related("practice", "member")
        return rows.people().prefetch_related(Prefetch("spellings", rows.order_by("pk")))


class DoctorListView(DoctorBaseView, ListView):
    @extend_schema(operation_id="list_doctors", summary="All doctors, the newest first")
    @requires("patients:read", Can.SEE_PATIENTS)
    def get(self, request: Request) -> Response:
        return self.list(request)


class DoctorDetailView(DoctorBaseView, DetailView):
    @extend_schema(operation_id="get_doctor", summary="One doctor")
    @requires("patients:read", Can.SEE_PATIENTS)
    def get(self, request: Request, doctor: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)
