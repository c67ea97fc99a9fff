from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.forms import model_to_dict
from django_filters import CharFilter, ChoiceFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import RequestSerializer, TextField, cleaned
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.views import ListView, OneView, RowsView
from workspaces import google_listing, practices
from workspaces.access import Can
from workspaces.forms import PracticeForm
from workspaces.models import Practice
from workspaces.models.practice import Country


class PracticeTold(serializers.ModelSerializer[Practice]):
    """A place where patients are seen."""

    email = serializers.CharField()
    google_place_id = serializers.CharField(
        help_text="Empty where only a link of Google’s is known: see `google_review_link`."
    )
    google_review_link = serializers.CharField(
        help_text="Where there is no place id: the link of Google’s that patients are led to."
    )
    window_start = serializers.CharField(help_text="Messages leave from this hour on, there.")
    window_end = serializers.CharField(help_text="Messages leave until this hour, there.")

    class Meta:
        model = Practice
        fields = ("id", *practices.PracticeDetails.__dataclass_fields__, "created_at", "updated_at")


class PracticeBody(RequestSerializer):
    name = TextField(max_length=120)
    address = TextField(max_length=200, allow_blank=True, required=False)
    city = TextField(max_length=80, allow_blank=True, required=False)
    state = TextField(max_length=80, allow_blank=True, required=False)
    zip_code = TextField(max_length=20, allow_blank=True, required=False)
    country = serializers.ChoiceField(choices=Country.choices, required=False)
    google_place_id = TextField(
        max_length=google_listing.LONGEST,
        allow_blank=True,
        required=False,
        help_text="The place id, or a link that Google gives for the place: `https://g.page/r/…`,"
        " `https://maps.app.goo.gl/…`, or its address on Google Maps.",
    )
    phone = TextField(max_length=20, allow_blank=True, required=False)
    email = TextField(max_length=254, allow_blank=True, required=False)
    timezone = TextField(max_length=64, required=False, help_text="Such as `America/Guayaquil`.")
    window_start = TextField(max_length=8, required=False, help_text="Such as `08:00`.")
    window_end = TextField(max_length=8, required=False, help_text="Such as `20:00`.")


class PracticeFilters(FilterSet):
    name = CharFilter(lookup_expr="iexact", max_length=120)
    country = ChoiceFilter(choices=Country.choices)


class OfPractices(RowsView[Practice]):
    read_scope = "practices:read"
    described_by = PracticeTold

    def rows(self) -> QuerySet[Practice]:
        rows: QuerySet[Practice] = self.workspace.practices.all()
        return rows


class Practices(OfPractices, ListView[Practice]):
    filterset_class = PracticeFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_practices", "All practices, the newest first",
            scope="practices:read", permission=Can.SEE_PRACTICES,
            answers=PracticeTold, is_list=True,
        ),
        "POST": Operation(
            "create_practice", "Add a practice",
            scope="practices:write", permission=Can.MANAGE_PRACTICES,
            takes=PracticeBody, answers=PracticeTold, status=201,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        sent, mistakes = self.read(PracticeBody)
        blank = Practice(workspace=self.workspace)
        form = PracticeForm(model_to_dict(blank) | sent, instance=blank)
        cleaned(form, besides=mistakes)
        made = practices.create_practice(
            workspace=self.workspace, details=form.details(), by=self.user
        )
        return self.made(made.pk, at="api_practice")


class OnePractice(OfPractices, OneView[Practice]):
    operations: ClassVar = {
        "GET": Operation(
            "get_practice", "One practice",
            scope="practices:read", permission=Can.SEE_PRACTICES, answers=PracticeTold,
        ),
        "PATCH": Operation(
            "change_practice", "Change a practice",
            scope="practices:write", permission=Can.MANAGE_PRACTICES,
            takes=PracticeBody, answers=PracticeTold, may_conflict=True,
        ),
        "DELETE": Operation(
            "remove_practice", "Remove a practice",
            scope="practices:write", permission=Can.MANAGE_PRACTICES,
            status=204, may_conflict=True,
        ),
    }  # fmt: skip

    def patch(self, request: Request, practice: UUID) -> Response:  # noqa: ARG002
        found = self.found(practice)
        sent, mistakes = self.read(PracticeBody, partial=True)
        stored = model_to_dict(found) | {"google_place_id": found.listing}
        form = PracticeForm(stored | sent, instance=found)
        cleaned(form, besides=mistakes)
        practices.change_practice(practice=found, details=form.details(), by=self.user)
        return self.tagged(self.values(practice))

    def delete(self, request: Request, practice: UUID) -> Response:  # noqa: ARG002
        """Only while nothing was ever done there: what patients were asked stays on record."""
        practices.remove_practice(practice=self.found(practice), by=self.user)
        return Response(status=204)
