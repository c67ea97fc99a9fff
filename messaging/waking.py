"""What is woken once a transaction has committed. A lost wake-up costs a second: the clock does all
of it anyway."""

from datetime import timedelta

from django.db import transaction

from messaging.models import Feedback


def dispatch_soon(*, after: timedelta = timedelta()) -> None:
    from messaging.tasks import dispatch

    transaction.on_commit(
        lambda: dispatch.apply_async(countdown=after.total_seconds(), expires=60), robust=True
    )


def tell_staff(feedback: Feedback) -> None:
    from messaging.tasks import alert_staff

    workspace_id, feedback_id = str(feedback.workspace_id), str(feedback.pk)
    transaction.on_commit(lambda: alert_staff.delay(workspace_id, feedback_id), robust=True)
