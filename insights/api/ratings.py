"""The ratings and comments of a period. Guesses about public reviews never leave a clinic."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import find_limit_errors
from core.api.problems import FieldError, invalid
from core.api.requirements import requires
from core.api.serializers import UtcDateTimeField
from core.api.views import ListView
from core.word_search import MAX_LENGTH
from insights.api.figures import PARAMETERS, InsightView
from insights.ratings.search import ALL_STARS, RatingSearch, Shown, parse_search
from insights.ratings.visits import find_visits, labels_of, with_rows
from insights.topics.comments import words_of
from messaging.models import Message, RecoveryStatus, Topic, Urgency
from messaging.models.visibility import VisibleWithPatient
from templates_app.models import Channel
from workspaces.access import Can

SHOWN = [shown.value for shown in Shown if shown is not Shown.LIKELY]
CHOICES: dict[str, dict[str, Any]] = {
    "shown": {
        "type": "string",
        "enum": SHOWN,
        "default": Shown.RATINGS.value,
        "description": "Visits with a rating, with words, or those behind another figure.",
    },
    "topic": {"type": "string", "enum": Topic.values},
    "urgency": {"type": "string", "enum": Urgency.values},
}
STARS: dict[str, Any] = {
    "type": "string",
    "pattern": "^[1-5](,[1-5])*$",
    "description": "One rating or several, such as `1,2,3`.",
}
WORDS: dict[str, Any] = {
    "type": "string",
    "maxLength": MAX_LENGTH,
    "description": "Words that the texts have, all of them. Accents and case do not count.",
}


class RatingSerializer(serializers.ModelSerializer[Message]):
    """An ask, and what the patient answered."""

    patient_id = serializers.UUIDField()
    campaign_id = serializers.UUIDField()
    practice_id = serializers.UUIDField(source="campaign.practice_id")
    doctor = serializers.CharField(source="shown_doctor")
    appointment_time = UtcDateTimeField(source="patient.appointment_time")
    channel = serializers.ChoiceField(choices=Channel.choices)
    rating = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    texts = serializers.SerializerMethodField()
    topics = serializers.SerializerMethodField()
    urgency = serializers.SerializerMethodField()
    case_status = serializers.ChoiceField(
        source="feedback.status", choices=RecoveryStatus.choices, allow_null=True, default=None,
        help_text="Of the case of an unhappy patient.",
    )  # fmt: skip
    opened_review_page = serializers.SerializerMethodField()
    asked_at = UtcDateTimeField(help_text="When the question was sent, or failed.")
    replied_at = UtcDateTimeField(allow_null=True)

    class Meta:
        model = Message
        fields = (
            "id",
            "patient_id",
            "campaign_id",
            "practice_id",
            "doctor",
            "appointment_time",
            "channel",
            "status",
            "rating",
            "texts",
            "topics",
            "urgency",
            "case_status",
            "opened_review_page",
            "asked_at",
            "replied_at",
        )

    def get_texts(self, ask: Message) -> list[str]:
        """What the patient wrote: with the rating, on the private form, and in messages."""
        return [words.text for words in words_of(ask)]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Topic.choices)))
    def get_topics(self, ask: Message) -> list[str]:
        return [topic.value for topic in labels_of(ask).topics]

    @extend_schema_field(serializers.ChoiceField(Urgency.choices))
    def get_urgency(self, ask: Message) -> str:
        return labels_of(ask).urgency.value

    def get_opened_review_page(self, ask: Message) -> bool:
        return ask.patient.review_clicks > 0


@extend_schema_view(
    get=extend_schema(operation_id="list_ratings", summary="Ratings and comments of a period")
)
class RatingListView(InsightView, ListView):
    """The newest first. The rows are those that the same filters show on the page."""

    serializer_class = RatingSerializer
    query_schemas: ClassVar = PARAMETERS | CHOICES | {"rating": STARS, "words": WORDS}

    @requires("messages:read", Can.SEE_CAMPAIGNS)
    def get(self, request: Request) -> Response:
        return self.list(request)

    def get_queryset(self) -> QuerySet[Message]:
        found: VisibleWithPatient[Message] = find_visits(
            self.workspace, self.read_search(), visible_to=self.user
        )
        return with_rows(found)

    def read_search(self) -> RatingSearch:
        """Return what the address asks for. A page would ignore a wrong value; we refuse it."""
        if errors := self.find_query_errors():
            raise invalid(errors)
        query = self.request.query_params
        named = QueryDict(mutable=True)
        for name in ("period", "from", "to", "doctor", "appointment_type", "channel", *CHOICES):
            named[name] = query.get(name, "")
        named["practice"], named["campaign"] = (
            query.get(f"{name}_id", "") for name in ("practice", "campaign")
        )
        named.setlist("rating", query.get("rating", "").split(","))
        named["q"] = query.get("words", "")
        return parse_search(named, workspace=self.workspace, visible_to=self.user)

    def find_query_errors(self) -> list[FieldError]:
        errors = [*find_limit_errors(self.request), *super().find_query_errors()]
        query = self.request.query_params
        if "rating" in query and not set(query["rating"].split(",")) <= {*map(str, ALL_STARS)}:
            errors.append(FieldError("rating", "invalid", "1, 2, 3, 4, 5"))
        if len(query.get("words", "")) > MAX_LENGTH:
            errors.append(FieldError("words", "max_length", str(MAX_LENGTH)))
        return errors
