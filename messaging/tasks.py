"""Each wakes one act. None of them matters: the clock wakes them all again."""

from celery import shared_task

from messaging import waking
from messaging.dispatch import completing, credit_warnings, planning, sending, sweeping
from messaging.webhooks import inbox, processing


@shared_task
def plan() -> None:
    if planning.plan():
        waking.dispatch_soon()


@shared_task
def dispatch() -> None:
    sending.run()


@shared_task
def sweep() -> None:
    sweeping.sweep()


@shared_task
def complete_finished() -> None:
    completing.complete_finished()


@shared_task
def warn_of_low_credits() -> None:
    credit_warnings.warn()


@shared_task
def process_webhooks() -> None:
    processing.process()


@shared_task
def prune_webhooks() -> None:
    inbox.prune()


@shared_task
def alert_staff(workspace_id: str, feedback_id: str) -> None:
    """Somebody was unhappy."""


@shared_task
def tell_of_paused_sender(sender_id: str) -> None:
    """Somebody has to put a sender right."""


@shared_task
def tell_of_low_credits(workspace_id: str, percent: int) -> None:
    """The owner may want to top up."""
