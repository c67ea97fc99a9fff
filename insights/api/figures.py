"""The figures of a period: the same that the first page shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problems import FieldError, invalid
from core.api.requirements import requires
from core.api.views import ApiView
from insights import filters as choosing
from insights import periods, reading
from insights.filters import By, Filters
from insights.periods import Period, PeriodKind, PeriodStep
from messaging.error_codes import meaning_of
from templates_app.models import Channel
from workspaces.access import Can

# A day as people write it, and no other of the forms that ISO knows.
DAY = {"type": "string", "format": "date"}
ID = {"type": "string", "format": "uuid"}
WORD = {"type": "string", "maxLength": 120}
PARAMETERS: dict[str, dict[str, Any]] = {
    "period": {
        "type": "string",
        "enum": [kind.value for kind in PeriodKind if kind is not PeriodKind.OWN],
        "description": "Days up to today; 30 unless `from` says otherwise.",
    },
    "from": DAY | {"description": "The first day of a period of your own."},
    "to": DAY | {"description": "Its last day; today if it is not said."},
    "practice_id": ID,
    "campaign_id": ID,
    "doctor": WORD,
    "appointment_type": WORD,
    "channel": {"type": "string", "enum": Channel.values},
}
STEP = {"type": "string", "enum": [step.value for step in PeriodStep]}
BY = {"type": "string", "enum": [by.value for by in By], "default": By.PRACTICE.value}


class PeriodSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()


class SecondsField(serializers.FloatField):
    """A duration in seconds."""

    def to_representation(self, value: timedelta) -> float:  # type: ignore[override]
        return value.total_seconds()


class FiguresSerializer(serializers.Serializer[Any]):
    """Of everybody who was asked within the period."""

    asked = serializers.IntegerField()
    delivered = serializers.IntegerField(
        help_text="SMS and WhatsApp: reported as delivered, or answered. E-mail: accepted by the"
        " mail server and not bounced."
    )
    answered = serializers.IntegerField(
        help_text="Wrote anything back, a STOP included, or rated on the page."
    )
    failed = serializers.IntegerField()
    clicked = serializers.IntegerField(help_text="Who followed the link to the reviews.")
    opted_out = serializers.IntegerField(
        help_text="Who wanted no more messages, up to 30 days after a delivered ask."
    )
    credits = serializers.IntegerField()
    rated = serializers.IntegerField(help_text="Gave a rating from 1 to 5.")
    ratings = serializers.ListField(
        child=serializers.IntegerField(), help_text="How many gave 1, 2, 3, 4 and 5."
    )
    nps = serializers.IntegerField(
        allow_null=True,
        help_text="Promoters (4 and 5) minus detractors (1 and 2), in a hundred ratings; a 3 is"
        " passive. From -100 to 100. Asked on a scale from 1 to 5, and so not to be compared with"
        " an NPS from 0 to 10.",
    )
    average_rating = serializers.FloatField(source="average", allow_null=True)
    answer_rate = serializers.FloatField(allow_null=True, help_text="Answered of delivered.")
    rating_rate = serializers.FloatField(
        allow_null=True, help_text="Rated of delivered: the conversion of an ask."
    )
    average_delivery_seconds = SecondsField(
        source="average_delivery",
        allow_null=True,
        help_text="Of SMS and WhatsApp, which report their delivery.",
    )
    average_response_seconds = SecondsField(
        source="average_response",
        allow_null=True,
        help_text="From the delivery; of e-mail, from when the server took it.",
    )
    says_little = serializers.BooleanField(help_text="So few answers that chance decides.")


class SummarySerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    figures = FiguresSerializer()
    before = FiguresSerializer(help_text="Of as many days before.")


class PointSerializer(serializers.Serializer[Any]):
    start = serializers.DateField()
    figures = FiguresSerializer()


class SeriesSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    step = serializers.ChoiceField(choices=[step.value for step in PeriodStep])
    points = PointSerializer(many=True)


class GroupSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="An id, or the name itself.")
    name = serializers.CharField(source="label")
    figures = FiguresSerializer()


class BreakdownSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    by = serializers.ChoiceField(choices=[by.value for by in By])
    groups = GroupSerializer(many=True)


class HoursSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    weekdays = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="From Monday on: how many answered in each of its 24 hours.",
    )


class FailureSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    meaning = serializers.SerializerMethodField()
    count = serializers.IntegerField()

    def get_meaning(self, failure: Any) -> str:
        return str(meaning_of(failure.code).explanation)


class FailuresSerializer(serializers.Serializer[Any]):
    period = PeriodSerializer()
    failures = FailureSerializer(many=True)


class InsightView(ApiView):
    """Answers with the figures of a period, of the workspace or of a part of it."""

    query_schemas: ClassVar = PARAMETERS

    @requires("insights:read", Can.SEE_CAMPAIGNS)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        period, filters = self.read_query()
        data = {"period": period, **self.compute(period, filters)}
        return self.etag_response(self.get_serializer(data).data)

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        raise NotImplementedError

    def read_query(self) -> tuple[Period, Filters]:
        """Return the period and the filters. A page would ignore a wrong one; we refuse it."""
        query = self.request.query_params.dict()
        for name in ("period", "channel"):
            self.read_choice(name, query.get(name) or PARAMETERS[name]["enum"][0])
        period, filters = self._parse_query(query)
        if period.problem or filters.problem:
            raise invalid(self.find_query_errors())
        return period, filters

    def read_choice(self, name: str, default: str) -> str:
        choice = self.request.query_params.get(name) or default
        if choice not in self.query_schemas[name]["enum"]:
            raise invalid(self.find_query_errors())
        return choice

    def find_query_errors(self) -> list[FieldError]:
        query = self.request.query_params.dict()
        enums = {
            name: schema["enum"] for name, schema in self.query_schemas.items() if "enum" in schema
        }
        errors = [
            FieldError(name, "invalid_choice", ", ".join(choices))
            for name, choices in enums.items()
            if query.get(name) and query[name] not in choices
        ]
        # A wrong choice has its error already, so the rest is judged without it.
        period, filters = self._parse_query(
            {name: value for name, value in query.items() if value in enums.get(name, [value])}
        )
        if period.problem:
            errors.append(FieldError("from", "invalid", period.problem))
        if filters.problem:
            is_campaign = filters.practice or "practice_id" not in query
            wrong = "campaign_id" if is_campaign else "practice_id"
            errors.append(FieldError(wrong, "does_not_exist", filters.problem))
        return errors

    def _parse_query(self, query: dict[str, str]) -> tuple[Period, Filters]:
        period = periods.parse_period(query, today=periods.latest_local_date(self.workspace))
        named = query | {name: query.get(f"{name}_id", "") for name in ("practice", "campaign")}
        return period, choosing.parse_filters(named, workspace=self.workspace, visible_to=self.user)


def _describe(operation_id: str, summary: str) -> Callable[[type[ApiView]], type[ApiView]]:
    return extend_schema_view(get=extend_schema(operation_id=operation_id, summary=summary))


@_describe("get_summary", "NPS, ratings and rates")
class SummaryView(InsightView):
    serializer_class = SummarySerializer

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        now, before = (
            reading.read_figures(self.workspace, days, filters, visible_to=self.user)
            for days in (period, period.before)
        )
        return {"figures": now, "before": before}


@_describe("get_series", "The same by day, week or month")
class SeriesView(InsightView):
    serializer_class = SeriesSerializer
    query_schemas: ClassVar = PARAMETERS | {"step": STEP}

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        step = PeriodStep(self.read_choice("step", period.step))
        points = reading.read_series(
            self.workspace, period, filters, visible_to=self.user, step=step
        )
        return {"step": step, "points": points}


@_describe("get_breakdown", "The same by practice, campaign, doctor and so on")
class BreakdownView(InsightView):
    """Those with the most ratings first."""

    serializer_class = BreakdownSerializer
    query_schemas: ClassVar = PARAMETERS | {"by": BY}

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        by = By(self.read_choice("by", By.PRACTICE))
        groups = reading.read_breakdown(
            self.workspace, period, filters, by=by, visible_to=self.user
        )
        return {"by": by, "groups": groups}


@_describe("get_hours", "When patients answer")
class HoursView(InsightView):
    serializer_class = HoursSerializer

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        hours = reading.read_hours(self.workspace, period, filters, visible_to=self.user)
        return {"weekdays": hours.rows}


@_describe("get_failures", "Why messages failed")
class FailuresView(InsightView):
    serializer_class = FailuresSerializer

    def compute(self, period: Period, filters: Filters) -> dict[str, Any]:
        return {
            "failures": reading.read_failures(self.workspace, period, filters, visible_to=self.user)
        }
