"""Public reviews, and the replies to them. Attributions are not here: they never leave a clinic."""

from uuid import UUID

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter, UUIDFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import (
    RequestSerializer,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
)
from core.api.filters import TimestampFilter
from core.api.problems import ApiError, FieldError
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from messaging.models import Topic, Urgency
from reviews.listing.search import MAX_LENGTH, with_words
from reviews.listing.states import CONDITIONS, ReviewState
from reviews.models import Review, ReviewReply
from reviews.models.reply import MAX_REPLY_BYTES
from reviews.replies import actions
from reviews.replies.gatekeeping import GateRefusalError
from reviews.replies.sendable import may_send
from workspaces.access import Can


class ReplySerializer(ModelSerializer[ReviewReply]):
    """The clinic's reply, which may not be at Google yet."""

    class Meta:
        model = ReviewReply
        fields = (
            "text",
            "status",
            "version",
            "author_name",
            "approved_by_name",
            "last_error",
            "sent_at",
            "settled_at",
        )


class ReviewSerializer(ModelSerializer[Review]):
    """A review as Google has it. One that is gone there keeps its stars and dates only."""

    location_id = serializers.UUIDField()
    practice_id = serializers.UUIDField(source="location.practice_id", allow_null=True)
    stars = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices),
        help_text="What the words are about, as far as it was recognised.",
    )
    urgency = serializers.ChoiceField(choices=Urgency.choices)
    published_reply = serializers.CharField(help_text="The reply that Google has.")
    reply_state = serializers.CharField(help_text="Google’s own word, such as `PENDING`.")
    reply = ReplySerializer(allow_null=True, default=None)

    class Meta:
        model = Review
        fields = (
            "id",
            "location_id",
            "practice_id",
            "reviewer_name",
            "is_anonymous",
            "stars",
            "comment",
            "translation",
            "language",
            "topics",
            "urgency",
            "media_count",
            "posted_at",
            "changed_at",
            "vanished_at",
            "published_reply",
            "published_reply_at",
            "reply_state",
            "reply_violation",
            "reply",
            "created_at",
            "updated_at",
        )


class ReplyWriteSerializer(RequestSerializer):
    text = StrictCharField(
        max_length=MAX_REPLY_BYTES, help_text="At most 4,096 bytes, in the language of the review."
    )
    draft = StrictBooleanField(
        default=False, required=False, help_text="Keep it, and send nothing."
    )
    version = StrictIntegerField(
        min_value=0, required=False,
        help_text="The `version` of the reply that you have read, 0 for none: refused if it has"
        " changed. Without it the reply is replaced whatever it is.",
    )  # fmt: skip


class ReviewFilterSet(FilterSet):
    location_id = UUIDFilter()
    practice_id = UUIDFilter("location__practice_id")
    stars = NumberFilter(min_value=1, max_value=5)
    state = ChoiceFilter(choices=ReviewState.choices, method="filter_state")
    topic = ChoiceFilter(choices=Topic.choices, method="filter_topic")
    words = CharFilter(max_length=MAX_LENGTH, method="filter_words")
    posted_after = TimestampFilter("posted_at", lookup_expr="gte")
    posted_before = TimestampFilter("posted_at", lookup_expr="lt")

    def filter_state(self, reviews: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        return reviews.filter(CONDITIONS[ReviewState(value)])

    def filter_topic(self, reviews: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        return reviews.filter(topics__contains=[value])

    def filter_words(self, reviews: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        return with_words(reviews, value)


class ReviewBaseView(ApiView):
    read_scope = "reviews:read"
    serializer_class = ReviewSerializer
    lookup_url_kwarg = "review"

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.within(self.workspace).select_related("location", "reply")


class ReviewListView(ReviewBaseView, ListView):
    filterset_class = ReviewFilterSet

    @extend_schema(
        operation_id="list_reviews", summary="Public reviews, those that came last first"
    )
    @requires("reviews:read", Can.SEE_REVIEWS)
    def get(self, request: Request) -> Response:
        return self.list(request)


class ReviewDetailView(ReviewBaseView, DetailView):
    @extend_schema(operation_id="get_review", summary="One public review")
    @requires("reviews:read", Can.SEE_REVIEWS)
    def get(self, request: Request, review: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)


class ReplyView(ReviewBaseView):
    @extend_schema(
        operation_id="reply_to_review", summary="Reply to a public review",
        request=ReplyWriteSerializer,
    )  # fmt: skip
    @requires("reviews:write", Can.REPLY_TO_REVIEWS)
    def put(self, request: Request, review: UUID) -> Response:  # noqa: ARG002
        """It is sent to Google, or waits for an owner’s approval if the person who made the key
        needs one. A text that could reveal a patient is refused: each error has the words and why.
        """
        row = self.get_object_for_update()
        data = self.valid_body(ReplyWriteSerializer)
        act = self._choose_action(is_draft=data["draft"])
        version = data.get("version", _version_of(row))
        try:
            act(review=row, text=data["text"], seen_version=version, by=self.user)
        except GateRefusalError as refusal:
            raise _explain(refusal) from refusal
        return self.object_response(review)

    @extend_schema(
        operation_id="delete_reply", summary="Delete the reply to a public review",
        responses={204: None},
    )  # fmt: skip
    @requires("reviews:write", Can.REPLY_TO_REVIEWS)
    def delete(self, request: Request, review: UUID) -> Response:  # noqa: ARG002
        """A draft is discarded. A reply at Google has the status `DELETING` until Google confirms
        it.
        """
        row = self.get_object_for_update()
        actions.delete_reply(review=row, seen_version=_version_of(row), by=self.user)
        return Response(status=204)

    def _choose_action(self, *, is_draft: bool) -> actions.Write:
        if is_draft:
            return actions.save_draft
        return actions.send if may_send(self.user, self.workspace) else actions.submit_for_approval


def _version_of(review: Review) -> int:
    reply = actions.find_reply(review)
    return reply.version if reply else 0


def _explain(refusal: GateRefusalError) -> ApiError:
    errors = [
        FieldError(
            "text", f"reveals_{finding.reason}", f"“{finding.words}”: {finding.reason.label}"
        )
        for finding in refusal.result.findings
    ]
    return ApiError("invalid", str(refusal.message), errors=errors)
