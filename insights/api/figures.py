"""The figures of a period: the same that the first page shows."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.operations import Operation
from core.api.problems import FieldError, invalid
from core.api.reading import Told
from core.api.views import ApiView
from insights import filters as choosing
from insights import periods, reading
from insights.figures import Figures
from insights.filters import By, Filters
from insights.periods import Period, PeriodKind, PeriodStep
from messaging.error_codes import meaning_of
from templates_app.models import Channel
from workspaces.access import Can

# A day as people write it, and no other of the forms that ISO knows.
DAY = {"type": "string", "format": "date"}
ID = {"type": "string", "format": "uuid"}
WORD = {"type": "string", "maxLength": 120}
ASKED: dict[str, dict[str, Any]] = {
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


class PeriodTold(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()


class FiguresTold(serializers.Serializer[Any]):
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
    average_rating = serializers.FloatField(allow_null=True)
    answer_rate = serializers.FloatField(allow_null=True, help_text="Answered of delivered.")
    rating_rate = serializers.FloatField(
        allow_null=True, help_text="Rated of delivered: the conversion of an ask."
    )
    average_delivery_seconds = serializers.FloatField(
        allow_null=True, help_text="Of SMS and WhatsApp, which report their delivery."
    )
    average_response_seconds = serializers.FloatField(
        allow_null=True, help_text="From the delivery; of e-mail, from when the server took it."
    )
    says_little = serializers.BooleanField(help_text="So few answers that chance decides.")


class SummaryTold(serializers.Serializer[Any]):
    period = PeriodTold()
    figures = FiguresTold()
    before = FiguresTold(help_text="Of as many days before.")


class PointTold(serializers.Serializer[Any]):
    start = serializers.DateField()
    figures = FiguresTold()


class SeriesTold(serializers.Serializer[Any]):
    period = PeriodTold()
    step = serializers.ChoiceField(choices=[step.value for step in PeriodStep])
    points = PointTold(many=True)


class GroupTold(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="An id, or the name itself.")
    name = serializers.CharField()
    figures = FiguresTold()


class BreakdownTold(serializers.Serializer[Any]):
    period = PeriodTold()
    by = serializers.ChoiceField(choices=[by.value for by in By])
    groups = GroupTold(many=True)


class HoursTold(serializers.Serializer[Any]):
    period = PeriodTold()
    weekdays = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="From Monday on: how many answered in each of its 24 hours.",
    )


class FailureTold(serializers.Serializer[Any]):
    code = serializers.CharField()
    meaning = serializers.CharField()
    count = serializers.IntegerField()


class FailuresTold(serializers.Serializer[Any]):
    period = PeriodTold()
    failures = FailureTold(many=True)


class Insight(ApiView):
    query_schemas: ClassVar = ASKED

    def get(self, request: Request) -> Response:  # noqa: ARG002
        period, filters = self.asked()
        told = {"period": {"first": period.first, "last": period.last}}
        return self.tagged(told | self.told(period, filters))

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        raise NotImplementedError

    def asked(self) -> tuple[Period, Filters]:
        """What a page would leave out with a sentence is refused here."""
        wishes = self.request.query_params.dict()
        for name in ("period", "channel"):
            self.choice(name, wishes.get(name) or ASKED[name]["enum"][0])
        period, filters = self.wished(wishes)
        if period.problem or filters.problem:
            raise invalid(self.mistakes_in_query())
        return period, filters

    def wished(self, wishes: dict[str, str]) -> tuple[Period, Filters]:
        period = periods.chosen(wishes, today=periods.today(self.workspace))
        named = wishes | {name: wishes.get(f"{name}_id", "") for name in ("practice", "campaign")}
        return period, choosing.chosen(named, workspace=self.workspace, visible_to=self.user)

    def mistakes_in_query(self) -> list[FieldError]:
        wishes = self.request.query_params.dict()
        enums = {name: told["enum"] for name, told in self.query_schemas.items() if "enum" in told}
        mistakes = [
            FieldError(name, "invalid_choice", ", ".join(offered))
            for name, offered in enums.items()
            if wishes.get(name) and wishes[name] not in offered
        ]
        # A choice that does not exist is named already, and has no meaning for the rest.
        period, filters = self.wished({k: v for k, v in wishes.items() if v in enums.get(k, [v])})
        if period.problem:
            mistakes.append(FieldError("from", "invalid", period.problem))
        if filters.problem:
            is_campaign = filters.practice or "practice_id" not in wishes
            wrong = "campaign_id" if is_campaign else "practice_id"
            mistakes.append(FieldError(wrong, "does_not_exist", filters.problem))
        return mistakes

    def choice(self, name: str, usual: str) -> str:
        chosen = self.request.query_params.get(name) or usual
        offered = self.query_schemas[name]["enum"]
        if chosen not in offered:
            raise invalid(self.mistakes_in_query())
        return chosen


def _insight(name: str, summary: str, answers: Told) -> dict[str, Operation]:
    return {
        "GET": Operation(
            name, summary,
            scope="insights:read", permission=Can.SEE_CAMPAIGNS, answers=answers,
        )
    }  # fmt: skip


class SummaryView(Insight):
    operations: ClassVar = _insight("get_summary", "NPS, ratings and rates", SummaryTold)

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        now, before = (
            reading.figures(self.workspace, days, filters, visible_to=self.user)
            for days in (period, period.before)
        )
        return {"figures": figures(now), "before": figures(before)}


class SeriesView(Insight):
    query_schemas: ClassVar = ASKED | {"step": STEP}
    operations: ClassVar = _insight("get_series", "The same by day, week or month", SeriesTold)

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        step = PeriodStep(self.choice("step", period.step))
        points = reading.series(self.workspace, period, filters, visible_to=self.user, step=step)
        told = [{"start": one.start, "figures": figures(one.figures)} for one in points]
        return {"step": step, "points": told}


class BreakdownView(Insight):
    query_schemas: ClassVar = ASKED | {"by": BY}
    operations: ClassVar = _insight(
        "get_breakdown", "The same by practice, campaign, doctor and so on", BreakdownTold
    )

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        """Those with the most ratings first."""
        by = By(self.choice("by", By.PRACTICE))
        groups = reading.breakdown(self.workspace, period, filters, by=by, visible_to=self.user)
        told = [
            {"key": one.key, "name": one.label, "figures": figures(one.figures)} for one in groups
        ]
        return {"by": by, "groups": told}


class HoursView(Insight):
    operations: ClassVar = _insight("get_hours", "When patients answer", HoursTold)

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        hours = reading.by_hour(self.workspace, period, filters, visible_to=self.user)
        return {"weekdays": hours.rows}


class FailuresView(Insight):
    operations: ClassVar = _insight("get_failures", "Why messages failed", FailuresTold)

    def told(self, period: Period, filters: Filters) -> dict[str, Any]:
        found = reading.failures(self.workspace, period, filters, visible_to=self.user)
        return {
            "failures": [
                {
                    "code": one.code,
                    "meaning": str(meaning_of(one.code).explanation),
                    "count": one.count,
                }
                for one in found
            ]
        }


def figures(found: Figures) -> dict[str, Any]:
    delivery, response = found.average_delivery, found.average_response
    return {
        "asked": found.asked,
        "delivered": found.delivered,
        "answered": found.answered,
        "failed": found.failed,
        "clicked": found.clicked,
        "opted_out": found.opted_out,
        "credits": found.credits,
        "rated": found.rated,
        "ratings": found.ratings,
        "nps": found.nps,
        "average_rating": found.average,
        "answer_rate": found.answer_rate,
        "rating_rate": found.rating_rate,
        "average_delivery_seconds": delivery.total_seconds() if delivery else None,
        "average_response_seconds": response.total_seconds() if response else None,
        "says_little": found.says_little,
    }
