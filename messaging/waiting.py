"""The patients who wait for somebody of the clinic: in the inbox, and on the board of the unhappy.

The navigation shows both numbers on every page, so they are counted up to a maximum only.
"""

from django.db.models import QuerySet

from messaging.models import Conversation, Feedback, RecoveryStatus
from messaging.models.visibility import VisibleWithPatient
from workspaces.models import User, Workspace

MAX_COUNT = 100


def waiting_conversations(
    workspace: Workspace, *, visible_to: User
) -> VisibleWithPatient[Conversation]:
    seen = Conversation.objects.within(workspace).visible_to(visible_to)
    return seen.filter(waiting_since__isnull=False)


def open_cases(workspace: Workspace, *, visible_to: User) -> VisibleWithPatient[Feedback]:
    seen = Feedback.objects.within(workspace).visible_to(visible_to)
    return seen.filter(status__in=(RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS))


def count_waiting_conversations(workspace: Workspace, user: User) -> int:
    return _count_to_maximum(waiting_conversations(workspace, visible_to=user))


def count_open_cases(workspace: Workspace, user: User) -> int:
    return _count_to_maximum(open_cases(workspace, visible_to=user))


def _count_to_maximum(rows: QuerySet[Conversation] | QuerySet[Feedback]) -> int:
    return rows[:MAX_COUNT].count()
