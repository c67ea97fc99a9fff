"""Unhappy patients: what they said, and what was done about it."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django_filters import ChoiceFilter, FilterSet, UUIDFilter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import IdField, RequestSerializer, cleaned, mistakes_of, refuse
from core.api.fields import TextField as Text
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.problems import FieldError
from core.api.reading import Told
from core.api.views import ListView, OneView, RowsView
from messaging.models import Feedback, RecoveryStatus
from messaging.recovery import actions
from messaging.recovery.forms import LONGEST, AssignForm
from workspaces.access import Can


class FeedbackTold(serializers.ModelSerializer[Feedback]):
    """What an unhappy patient told the clinic in private."""

    patient_id = serializers.UUIDField()
    campaign_id = serializers.UUIDField(source="patient.campaign_id")
    message_id = serializers.UUIDField()
    assignee_id = serializers.UUIDField(allow_null=True, help_text="Who looks after it.")
    comment = serializers.CharField(source="said")
    rating = serializers.IntegerField(min_value=1, max_value=5)

    class Meta:
        model = Feedback
        fields = (
            "id",
            "patient_id",
            "campaign_id",
            "message_id",
            "rating",
            "comment",
            "status",
            "assignee_id",
            "first_action_at",
            "resolved_at",
            "created_at",
            "updated_at",
        )


class TextBody(RequestSerializer):
    text = Text(max_length=LONGEST)


class AssignBody(RequestSerializer):
    assignee_id = IdField(help_text="A person of the workspace who may answer patients.")


class FeedbackFilters(FilterSet):
    status = ChoiceFilter(choices=RecoveryStatus.choices)
    patient_id = UUIDFilter()
    campaign_id = UUIDFilter("patient__campaign_id")
    assignee_id = UUIDFilter()


class OfFeedback(RowsView[Feedback]):
    read_scope = "feedback:read"
    described_by = FeedbackTold

    def rows(self) -> QuerySet[Feedback]:
        """With what they wrote on the private form, else what came with the rating."""
        nothing = Value("", output_field=TextField())
        said = Coalesce(NullIf("comment", nothing), "message__comment")
        visible = Feedback.objects.within(self.workspace).visible_to(self.user)
        return visible.annotate(said=said)


class AllFeedback(OfFeedback, ListView[Feedback]):
    filterset_class = FeedbackFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_feedback", "Unhappy patients, the newest first",
            scope="feedback:read", permission=Can.ANSWER_PATIENTS,
            answers=FeedbackTold, is_list=True,
        ),
    }  # fmt: skip


class OneFeedback(OfFeedback, OneView[Feedback]):
    operations: ClassVar = {
        "GET": Operation(
            "get_feedback", "One unhappy patient",
            scope="feedback:read", permission=Can.ANSWER_PATIENTS, answers=FeedbackTold,
        ),
    }  # fmt: skip


class FeedbackActionView(OfFeedback):
    """What is done about it: each at an address of its own."""

    @idempotent
    def post(self, request: Request, feedback: UUID) -> Response:  # noqa: ARG002
        found = self.held(feedback)
        takes = self.operations["POST"].takes
        sent, mistakes = self.read(takes) if takes else ({}, [])
        refuse(self.check(sent, mistakes))
        self.do(found, sent)
        return self.tagged(self.values(feedback))

    def check(self, sent: dict[str, Any], mistakes: list[FieldError]) -> list[FieldError]:  # noqa: ARG002
        """Return the mistakes so far, and others that its type does not show."""
        return mistakes

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:
        raise NotImplementedError


def _act(name: str, summary: str, takes: Told | None = None) -> dict[str, Operation]:
    return {
        "POST": Operation(
            name, summary,
            scope="feedback:write", permission=Can.ANSWER_PATIENTS,
            takes=takes, answers=FeedbackTold,
        )
    }  # fmt: skip


class Start(FeedbackActionView):
    operations: ClassVar = _act("start_feedback", "Take it on")

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:  # noqa: ARG002
        actions.start_case(feedback=feedback, by=self.user)


class Assign(FeedbackActionView):
    operations: ClassVar = _act("assign_feedback", "Say who looks after it", AssignBody)

    def check(self, sent: dict[str, Any], mistakes: list[FieldError]) -> list[FieldError]:
        return mistakes_of(self.form(sent), names=[("to", "assignee_id")], besides=mistakes)

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:
        to = cleaned(self.form(sent))["to"]
        actions.assign_case(feedback=feedback, to=to, by=self.user)

    def form(self, sent: dict[str, Any]) -> AssignForm:
        return AssignForm({"to": sent.get("assignee_id")}, workspace=self.workspace)


class Note(FeedbackActionView):
    operations: ClassVar = _act("note_feedback", "Note something for the team", TextBody)

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:
        actions.add_case_note(feedback=feedback, text=sent["text"], by=self.user)


class Resolve(FeedbackActionView):
    operations: ClassVar = _act("resolve_feedback", "Say what was done, and close it", TextBody)

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:
        actions.resolve_case(feedback=feedback, text=sent["text"], by=self.user)


class Reopen(FeedbackActionView):
    operations: ClassVar = _act("reopen_feedback", "Open it again")

    def do(self, feedback: Feedback, sent: dict[str, Any]) -> None:  # noqa: ARG002
        actions.reopen_case(feedback=feedback, by=self.user)
