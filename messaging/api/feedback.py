"""Unhappy patients: what they wrote, and what was done about it."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django_filters import ChoiceFilter, FilterSet, UUIDFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import (
    EmptySerializer,
    RequestSerializer,
    StrictCharField,
    StrictUUIDField,
    clean_form,
    find_form_errors,
    raise_errors,
)
from core.api.idempotency import idempotent
from core.api.problems import FieldError
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from messaging.models import Feedback, RecoveryStatus, Topic, Urgency
from messaging.models.visibility import VisibleWithPatient
from messaging.recovery import actions
from messaging.recovery.board import with_labels
from messaging.recovery.forms import MAX_TEXT_LENGTH, AssignForm
from messaging.text_labels.topic_filter import about_topic
from workspaces.access import Can


class FeedbackSerializer(ModelSerializer[Feedback]):
    """What an unhappy patient told the clinic in private."""

    patient_id = serializers.UUIDField()
    campaign_id = serializers.UUIDField(source="patient.campaign_id")
    message_id = serializers.UUIDField()
    assignee_id = serializers.UUIDField(
        allow_null=True, help_text="The person in charge of the case."
    )
    comment = serializers.CharField(source="text")
    rating = serializers.IntegerField(min_value=1, max_value=5)
    topics = serializers.ListField(
        source="labels.topics",
        child=serializers.ChoiceField(choices=Topic.choices),
        help_text="What the patient's texts are about, as far as they were recognised.",
    )
    urgency = serializers.ChoiceField(source="labels.urgency", choices=Urgency.choices)

    class Meta:
        model = Feedback
        fields = (
            "id",
            "patient_id",
            "campaign_id",
            "message_id",
            "rating",
            "comment",
            "topics",
            "urgency",
            "status",
            "assignee_id",
            "first_action_at",
            "resolved_at",
            "created_at",
            "updated_at",
        )


class CaseTextSerializer(RequestSerializer):
    text = StrictCharField(max_length=MAX_TEXT_LENGTH)


class AssignSerializer(RequestSerializer):
    assignee_id = StrictUUIDField(help_text="A person of the workspace who may answer patients.")


class FeedbackFilterSet(FilterSet):
    status = ChoiceFilter(choices=RecoveryStatus.choices)
    patient_id = UUIDFilter()
    campaign_id = UUIDFilter("patient__campaign_id")
    assignee_id = UUIDFilter()
    topic = ChoiceFilter(choices=Topic.choices, method="filter_topic")

    def filter_topic(
        self,
        cases: VisibleWithPatient[Feedback],
        name: str,  # noqa: ARG002
        value: str,
    ) -> VisibleWithPatient[Feedback]:
        return about_topic(cases, Topic(value))


class FeedbackBaseView(ApiView):
    read_scope = "feedback:read"
    serializer_class = FeedbackSerializer
    lookup_url_kwarg = "feedback"

    def get_queryset(self) -> QuerySet[Feedback]:
        """Annotate `text`: what they wrote on the private form, else what came with the rating."""
        nothing = Value("", output_field=TextField())
        text = Coalesce(NullIf("comment", nothing), "message__comment")
        visible = Feedback.objects.within(self.workspace).visible_to(self.user)
        return with_labels(visible.annotate(text=text).select_related("patient"))


class FeedbackListView(FeedbackBaseView, ListView):
    filterset_class = FeedbackFilterSet

    @extend_schema(operation_id="list_feedback", summary="Unhappy patients, the newest first")
    @requires("feedback:read", Can.ANSWER_PATIENTS)
    def get(self, request: Request) -> Response:
        return self.list(request)


class FeedbackDetailView(FeedbackBaseView, DetailView):
    @extend_schema(operation_id="get_feedback", summary="One unhappy patient")
    @requires("feedback:read", Can.ANSWER_PATIENTS)
    def get(self, request: Request, feedback: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)


class FeedbackActionView(FeedbackBaseView):
    """Does something about a case. Each action has an address of its own."""

    body_class: ClassVar[type[RequestSerializer]] = EmptySerializer

    @requires("feedback:write", Can.ANSWER_PATIENTS)
    @idempotent
    def post(self, request: Request, feedback: UUID) -> Response:  # noqa: ARG002
        case = self.get_object_for_update()
        data, errors = self.read_body(self.body_class)
        raise_errors(self.find_errors(data, errors))
        self.act(case, data)
        return self.object_response(feedback)

    def find_errors(self, data: dict[str, Any], known: list[FieldError]) -> list[FieldError]:  # noqa: ARG002
        """Return the known errors and those that the types of the fields do not show."""
        return known

    def act(self, case: Feedback, data: dict[str, Any]) -> None:
        raise NotImplementedError


def _describe(
    operation_id: str, summary: str, request: type[RequestSerializer] | None = None
) -> Callable[[type[ApiView]], type[ApiView]]:
    return extend_schema_view(
        post=extend_schema(operation_id=operation_id, summary=summary, request=request)
    )


@_describe("start_feedback", "Start working on a case")
class StartFeedbackView(FeedbackActionView):
    def act(self, case: Feedback, data: dict[str, Any]) -> None:  # noqa: ARG002
        actions.start_case(feedback=case, by=self.user)


@_describe("assign_feedback", "Assign a case to a person", AssignSerializer)
class AssignFeedbackView(FeedbackActionView):
    body_class = AssignSerializer

    def find_errors(self, data: dict[str, Any], known: list[FieldError]) -> list[FieldError]:
        names = [("to", "assignee_id")]
        return find_form_errors(self._form(data), field_names=names, known=known)

    def act(self, case: Feedback, data: dict[str, Any]) -> None:
        person = clean_form(self._form(data))["to"]
        actions.assign_case(feedback=case, to=person, by=self.user)

    def _form(self, data: dict[str, Any]) -> AssignForm:
        return AssignForm({"to": data.get("assignee_id")}, workspace=self.workspace)


@_describe("note_feedback", "Add a note for the team", CaseTextSerializer)
class NoteFeedbackView(FeedbackActionView):
    body_class = CaseTextSerializer

    def act(self, case: Feedback, data: dict[str, Any]) -> None:
        actions.add_case_note(feedback=case, text=data["text"], by=self.user)


@_describe("resolve_feedback", "Resolve a case, and say what was done", CaseTextSerializer)
class ResolveFeedbackView(FeedbackActionView):
    body_class = CaseTextSerializer

    def act(self, case: Feedback, data: dict[str, Any]) -> None:
        actions.resolve_case(feedback=case, text=data["text"], by=self.user)


@_describe("reopen_feedback", "Reopen a case")
class ReopenFeedbackView(FeedbackActionView):
    def act(self, case: Feedback, data: dict[str, Any]) -> None:  # noqa: ARG002
        actions.reopen_case(feedback=case, by=self.user)
