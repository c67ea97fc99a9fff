"""A suggestion from the click on the button to the text: one at a time for each member and subject.

It is kept in the cache for some minutes and never in the database.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from messaging.assistant import trouble, waiting
from messaging.models import AssistantOutcome

KEEP_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Suggestion:
    """What the page shows: a text, an explanation, or neither while it is being written."""

    ordered_at: float
    text: str = ""
    problem: str = ""

    @property
    def is_waiting(self) -> bool:
        return not (self.text or self.problem)


@dataclass(frozen=True)
class SuggestionOrder:
    """What a member has asked for about one subject, such as a conversation.

    `calls` is how often the provider may be asked for it.
    """

    subject: str
    subject_id: UUID
    user_id: UUID
    calls: int = 1

    def place(self, queue: Callable[[], None]) -> Suggestion:
        """Call `queue`, unless a suggestion is being written. Return what the page shows."""
        found = self.find()
        if found and found.is_waiting:
            return found
        ordered = Suggestion(ordered_at=timezone.now().timestamp())
        # `add` is atomic: of two clicks at the same time only one asks the provider.
        if cache.add(self._lock_key, 1, timeout=self._patience):
            self.keep(ordered)
            queue()
        return ordered

    def find(self) -> Suggestion | None:
        """Return the suggestion that this member asked for, if it is not too old."""
        kept = cache.get(self._key)
        if kept is None:
            return None
        found = Suggestion(**kept)
        # No worker took it, or the worker died.
        if found.is_waiting and timezone.now().timestamp() > found.ordered_at + self._patience:
            return Suggestion(found.ordered_at, problem=trouble.explain(AssistantOutcome.SLOW))
        return found

    def keep(self, suggestion: Suggestion) -> None:
        cache.set(self._key, asdict(suggestion), timeout=int(KEEP_FOR.total_seconds()))

    def forget(self) -> None:
        cache.delete(self._key)

    def allow_next(self) -> None:
        """Let the member ask again, because the provider is no longer writing."""
        cache.delete(self._lock_key)

    @property
    def _patience(self) -> int:
        return waiting.patience(calls=self.calls)

    @property
    def _key(self) -> str:
        return f"assistant:{self.subject}:{self.subject_id}:{self.user_id}"

    @property
    def _lock_key(self) -> str:
        return f"{self._key}:order"
