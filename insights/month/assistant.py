"""Let the assistant write the month. The order waits in Redis, the text is kept in the database."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from core import tenancy
from insights import periods
from insights.month.assistant_request import build_request
from insights.month.facts import read_facts
from insights.month.months import Month
from messaging.assistant import stored_summaries, trouble, waiting
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.ledger import AssistantOffError
from messaging.assistant.month import SummaryRequest, WrittenSummary, summarize_month
from messaging.assistant.stored_summaries import SummaryKey
from messaging.models import AssistantOutcome
from workspaces.access import Can, may
from workspaces.models import User

KEEP_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Order:
    """A summary that is being written, or why there is none."""

    ordered_at: float
    problem: str = ""

    @property
    def is_waiting(self) -> bool:
        return not self.problem


def order_summary(key: SummaryKey, *, by: User) -> None:
    """Queue a summary, unless one for the same readers is being written."""
    ordered = Order(ordered_at=timezone.now().timestamp())
    # `add` is atomic: of two clicks at the same time one is first, and only that one is queued.
    if cache.add(_cache_key(key), asdict(ordered), timeout=int(KEEP_FOR.total_seconds())):
        _queue_on_commit(key, by)


def find_order(key: SummaryKey) -> Order | None:
    """Return what has become of an order. A problem is returned once and then forgotten."""
    kept = cache.get(_cache_key(key))
    if kept is None:
        return None
    order = Order(**kept)
    # No worker took it, or the worker died.
    if order.is_waiting and timezone.now().timestamp() > order.ordered_at + waiting.patience():
        order = Order(order.ordered_at, problem=trouble.explain(AssistantOutcome.SLOW))
    if order.problem:
        cache.delete(_cache_key(key))
    return order


def write_summary(*, workspace_id: UUID, user_id: UUID, month: Month, language: str) -> None:
    """Ask the provider and store what it writes. For a worker.

    The provider is asked between two transactions, so a slow one holds up nobody.
    """
    with tenancy.within(workspace_id), override(language):
        user = User.objects.filter(workspace_id=workspace_id, pk=user_id, is_active=True).first()
        if user is None or not may(user, Can.ANSWER_PATIENTS):
            return
        key = SummaryKey.of(user, month.first, language=language)
        request = _read_request(user, month, language)
    problem = ""
    try:
        if request.comments:
            written = summarize_month(request, requested_by_name=user.name)
            _keep(key, written, user)
    except NoAnswerError as error:
        with override(language):
            problem = trouble.explain(error.outcome)
    except AssistantOffError:
        pass
    _finish(key, problem)


def _read_request(user: User, month: Month, language: str) -> SummaryRequest:
    assert user.workspace
    today, now = periods.latest_local_date(user.workspace), timezone.now()
    facts = read_facts(user.workspace, month, visible_to=user, today=today, now=now)
    return build_request(facts, workspace=user.workspace, language=language)


def _keep(key: SummaryKey, written: WrittenSummary, user: User) -> None:
    with tenancy.within(key.workspace_id):
        stored_summaries.keep_summary(key, written, requested_by_name=user.name)


def _finish(key: SummaryKey, problem: str) -> None:
    if not problem:
        cache.delete(_cache_key(key))
        return
    ended = Order(timezone.now().timestamp(), problem=problem)
    cache.set(_cache_key(key), asdict(ended), timeout=int(KEEP_FOR.total_seconds()))


def _queue_on_commit(key: SummaryKey, by: User) -> None:
    """It expires, because the person who asked for it waits on the page."""
    args = [str(key.workspace_id), str(by.pk), key.month.isoformat(), key.language]
    transaction.on_commit(
        lambda: current_app.send_task(
            "insights.tasks.write_month_summary", args=args, expires=waiting.TASK_EXPIRES
        ),
        robust=True,
    )


def _cache_key(key: SummaryKey) -> str:
    readers = key.viewer_id or "owners"
    return f"assistant:month:{key.workspace_id}:{readers}:{key.month}:{key.language}"
