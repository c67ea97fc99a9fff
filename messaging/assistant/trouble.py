"""Tell the owners of a clinic that the assistant does not work, at most once a day."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import tenancy
from messaging import task_queue
from messaging.models import AssistantOutcome, AssistantSettings
from workspaces.access import Can
from workspaces.mail import members_who_may, send_to_people

TELL_EVERY = timedelta(days=1)
# The model refuses one text, or answers one text badly. The next call may go well.
OF_ONE_TEXT = frozenset({AssistantOutcome.REFUSED, AssistantOutcome.UNUSABLE})


def explain(outcome: AssistantOutcome | None) -> str:
    """Return a sentence for members about a call without an answer. The page says what to do."""
    match outcome:
        case None:
            return _("The assistant’s budget for this month is used up.")
        case AssistantOutcome.REFUSED | AssistantOutcome.UNUSABLE:
            return _("The assistant has no usable answer to this.")
        case AssistantOutcome.SLOW | AssistantOutcome.BUSY | AssistantOutcome.LOST:
            return _("The assistant is too slow at the moment.")
        case _:
            return _("The assistant cannot be reached at the moment.")


def tell_owners_once(workspace_id: UUID, *, outcome: AssistantOutcome | None) -> None:
    """Queue a mail to the owners, unless they got one within a day or it is about one text."""
    if outcome in OF_ONE_TEXT:
        return
    now = timezone.now()
    with tenancy.within(workspace_id):
        is_due = Q(told_at=None) | Q(told_at__lt=now - TELL_EVERY)
        due = AssistantSettings.objects.within(workspace_id).filter(is_due)
        if due.update(told_at=now, updated_at=now):
            task_queue.queue_assistant_trouble(workspace_id, outcome or "")


def mail_owners(*, workspace_id: UUID, outcome: str) -> None:
    with tenancy.within(workspace_id):
        chosen = AssistantSettings.objects.within(workspace_id).select_related("workspace").first()
        if chosen is None:
            return
        send_to_people(
            members_who_may(chosen.workspace, Can.MANAGE_PRIVACY),
            "messaging/mail/assistant",
            language=chosen.workspace.language,
            is_budget=not outcome,
            link=settings.SITE_URL + reverse("assistant"),
        )
