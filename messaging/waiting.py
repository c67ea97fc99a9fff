"""The patients who wait for somebody of the clinic: in the inbox, and on the board of the unhappy.

What a member has put aside is in neither number until its time has come. The navigation shows both
on every page, so they are counted up to a maximum only.
"""

from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import Conversation, Feedback, RecoveryStatus
from messaging.models.conversation import ConversationQuerySet
from messaging.models.snoozing import awake
from messaging.models.visibility import VisibleWithPatient
from workspaces.models import User, Workspace

MAX_COUNT = 100


def waiting_conversations(workspace: Workspace, *, visible_to: User) -> ConversationQuerySet:
    return Conversation.objects.within(workspace).visible_to(visible_to).waiting()


def open_cases(workspace: Workspace, *, visible_to: User) -> VisibleWithPatient[Feedback]:
    seen = Feedback.objects.within(workspace).visible_to(visible_to)
    unresolved = (RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS)
    return seen.filter(awake(timezone.now()), status__in=unresolved)


def count_waiting_conversations(workspace: Workspace, user: User) -> int:
    return _count_to_maximum(waiting_conversations(workspace, visible_to=user))


def count_open_cases(workspace: Workspace, user: User) -> int:
    return _count_to_maximum(open_cases(workspace, visible_to=user))


def _count_to_maximum(rows: QuerySet[Conversation] | QuerySet[Feedback]) -> int:
    return rows[:MAX_COUNT].count()
