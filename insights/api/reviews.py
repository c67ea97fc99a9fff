"""What the asks brought in public reviews. Only counts: who wrote a review is never told."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from insights import periods
from insights.api.figures import InsightView, PeriodSerializer
from insights.brought.connection import read_google_access
from insights.brought.costs import cost_of
from insights.brought.funnel import Funnel, read_funnels
from insights.brought.reviews_per_month import RateChange, read_practices
from insights.filters import Filters
from insights.periods import Period


class FunnelSerializer(serializers.Serializer[Any]):
    """Of everybody who was asked within the period."""

    asked = serializers.IntegerField(source="figures.asked")
    delivered = serializers.IntegerField(source="figures.delivered")
    answered = serializers.IntegerField(source="figures.answered")
    clicked = serializers.IntegerField(source="figures.clicked")
    likely_reviews = serializers.IntegerField(
        source="likely",
        help_text="Reviews that probably came from these asks, whenever they were written. An"
        " estimate: Google does not say who writes.",
    )
    credits = serializers.IntegerField(source="figures.credits")
    credits_per_likely_review = serializers.SerializerMethodField(
        help_text="Null with fewer than five likely reviews."
    )

    def get_credits_per_likely_review(self, funnel: Funnel) -> float | None:
        return cost_of(funnel).credits_each


class FunnelGroupSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="An id, or the name itself.")
    name = serializers.CharField(source="label")
    funnel = FunnelSerializer()


class FunnelMonthSerializer(serializers.Serializer[Any]):
    start = serializers.DateField()
    is_whole = serializers.BooleanField(help_text="Whether the period has all days of the month.")
    funnel = FunnelSerializer()


class ReviewSpanSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    reviews = serializers.IntegerField()
    per_month = serializers.FloatField(allow_null=True, help_text="Null for less than 30 days.")
    per_month_low = serializers.FloatField(source="low", allow_null=True)
    per_month_high = serializers.FloatField(
        source="high", allow_null=True, help_text="With the low end, in 95 of 100 cases."
    )
    average = serializers.FloatField(allow_null=True, help_text="Null with fewer than five.")


class ListingSerializer(serializers.Serializer[Any]):
    reviews = serializers.IntegerField(allow_null=True)
    average = serializers.FloatField(allow_null=True)


class PracticeReviewsSerializer(serializers.Serializer[Any]):
    """All public reviews of a practice, whatever the period. Only practice and campaign filter."""

    practice_id = serializers.UUIDField(source="key")
    name = serializers.CharField()
    first_ask = serializers.DateField(allow_null=True)
    before = ReviewSpanSerializer(
        help_text="Up to a year before the first ask, but not before the first review."
    )
    since = ReviewSpanSerializer(help_text="Since the first ask, as far as Google was read.")
    change = serializers.ChoiceField(choices=[change.value for change in RateChange])
    google = ListingSerializer(help_text="As Google says.")
    fetched = ListingSerializer(source="ours", help_text="Of the reviews that were fetched.")


class ReviewsSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    google = serializers.ChoiceField(
        source="state",
        choices=["off", "unchosen", "fetching", "ready", "stopped"],
        help_text="Without reviews (off, unchosen, fetching) nothing is likely; unchosen: Google is"
        " connected, but no location belongs to a practice; stopped: newer reviews are missing.",
    )
    funnel = FunnelSerializer(source="whole")
    months = FunnelMonthSerializer(many=True)
    practices = FunnelGroupSerializer(many=True)
    campaigns = FunnelGroupSerializer(many=True)
    doctors = FunnelGroupSerializer(many=True)
    reviews_per_month = PracticeReviewsSerializer(many=True, source="listings")


@extend_schema_view(
    get=extend_schema(operation_id="get_reviews_brought", summary="What the asks brought")
)
class ReviewsView(InsightView):
    """From the ask to the public review, and public reviews a month before the asks and since."""

    serializer_class = ReviewsSerializer

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        today = periods.latest_local_date(self.workspace)
        return {
            "state": read_google_access(self.workspace, self.user).state,
            **vars(read_funnels(self.workspace, period, filters, visible_to=self.user)),
            "listings": read_practices(self.workspace, filters, visible_to=self.user, today=today),
        }
