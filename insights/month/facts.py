"""What the month page knows of a month. The summary is composed from this and from nothing else.

It has figures of groups and quotes with masked names, and no patient's name or address. Which asks
are quoted is known only to find the patients again: `insights.month.assistant_request` sends no id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q

from insights import reading
from insights.figures import FEW_ANSWERS, Figures
from insights.filters import EVERYTHING, By
from insights.month.months import Month
from insights.month.quotes import PatientQuote, read_quotes
from insights.scope import Scope
from insights.topics.comments import find_asks
from insights.topics.counting import TopicReport, count_topics, text_values
from messaging import understanding
from messaging.models import RecoveryStatus, TextLabels
from workspaces.models import Role, User, Workspace


@dataclass(frozen=True)
class PracticeFacts:
    key: UUID
    name: str
    now: Figures
    before: Figures
    topics: TopicReport
    scope: Scope | None = None


@dataclass(frozen=True)
class OpenCases:
    """Unhappy patients of the month whose case is not resolved, and urgent texts among them."""

    unhappy: int = 0
    urgent: int = 0
    longest_wait: timedelta | None = None


@dataclass(frozen=True)
class MonthFacts:
    month: Month
    is_over: bool
    now: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)
    topics: TopicReport = field(default_factory=TopicReport)
    practices: Sequence[PracticeFacts] = ()
    quotes: Sequence[PatientQuote] = ()
    # The ask of each quoted visit, by `PatientQuote.visit`. Ids are not for logs.
    quoted_asks: Sequence[UUID] = field(default=(), repr=False)
    cases: OpenCases = field(default_factory=OpenCases)
    is_reader_available: bool = True

    @property
    def scope(self) -> Scope:
        return Scope(self.month.period, EVERYTHING)

    @property
    def comments(self) -> int:
        """How many visits of the month have words, sorted by topic or not yet."""
        return self.topics.read.visits + self.topics.unread

    @property
    def has_enough_comments(self) -> bool:
        """Return whether it can be said which topics are named most."""
        return self.topics.read.visits >= FEW_ANSWERS


def read_facts(
    workspace: Workspace, month: Month, *, visible_to: User, today: date, now: datetime
) -> MonthFacts:
    """Read the facts of a month with a fixed number of queries."""
    period, before = month.period, month.previous.period

    def groups(by: By, of: Month) -> list[reading.FigureGroup]:
        return reading.read_breakdown(
            workspace, of.period, EVERYTHING, by=by, visible_to=visible_to
        )

    practices, practices_before = groups(By.PRACTICE, month), groups(By.PRACTICE, month.previous)
    topics = count_topics(workspace, period, EVERYTHING, visible_to=visible_to, before=before)
    doctors = [group.key for group in groups(By.DOCTOR, month)] + _members_who_treat(workspace)
    values = text_values(workspace, period, period, EVERYTHING, visible_to=visible_to)
    quotes, quoted_asks = read_quotes(values, doctors=doctors)
    figures_before = {group.key: group.figures for group in practices_before}
    return MonthFacts(
        month=month,
        is_over=month.last < today,
        now=sum((group.figures for group in practices), Figures()),
        before=sum(figures_before.values(), Figures()),
        topics=topics.whole,
        practices=[
            PracticeFacts(
                key=UUID(group.key),
                name=group.label,
                now=group.figures,
                before=figures_before.get(group.key, Figures()),
                topics=topics.by_practice.get(UUID(group.key), TopicReport()),
                scope=group.scope,
            )
            for group in practices
        ],
        quotes=quotes,
        quoted_asks=quoted_asks,
        cases=count_open_cases(workspace, month, visible_to=visible_to, now=now),
        is_reader_available=understanding.is_available(),
    )


def count_open_cases(
    workspace: Workspace, month: Month, *, visible_to: User, now: datetime
) -> OpenCases:
    """Count the cases of the month's visits that are open today.

    An urgent text without a case is in the inbox, and is open as long as its conversation waits.
    """
    asks = find_asks(workspace, month.period, EVERYTHING, visible_to=visible_to)
    urgent = TextLabels.objects.within(workspace).urgent()
    cases = asks.filter(feedback__status__in=[RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS])
    found = cases.aggregate(
        unhappy=Count("pk"),
        urgent=Count("pk", filter=Q(Exists(urgent.filter(message=OuterRef("pk"))))),
        oldest=Min("feedback__created_at"),
    )
    in_inbox = asks.filter(
        feedback=None,
        patient__conversation__waiting_since__isnull=False,
        pk__in=urgent.values("message"),
    )
    return OpenCases(
        unhappy=found["unhappy"],
        urgent=found["urgent"] + in_inbox.count(),
        longest_wait=now - found["oldest"] if found["oldest"] else None,
    )


def count_resolved_cases(workspace: Workspace, month: Month, *, visible_to: User) -> int:
    """Count the cases of the month's visits that are resolved today."""
    asks = find_asks(workspace, month.period, EVERYTHING, visible_to=visible_to)
    return asks.filter(feedback__status=RecoveryStatus.RESOLVED).count()


def _members_who_treat(workspace: Workspace) -> list[str]:
    treating = User.objects.within(workspace).filter(role__in=[Role.OWNER, Role.DOCTOR])
    return list(treating.values_list("name", flat=True))
