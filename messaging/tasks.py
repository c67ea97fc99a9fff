"""Celery tasks. Each calls one action. A lost task does no harm: the schedule runs it again."""

from uuid import UUID

from celery import shared_task

from messaging import alerts, attachments, long_waits, task_queue
from messaging.assistant import ledger, suggestions, trouble
from messaging.bounces import mailbox
from messaging.costs import fetching
from messaging.dispatch import (
    approved_text_backfill,
    campaign_completion,
    credit_warnings,
    planning,
    sending,
    sweeping,
)
from messaging.phone_codes import codes
from messaging.privacy import retention
from messaging.text_labels import backlog
from messaging.text_previews import self_tests
from messaging.webhooks import inbox, processing

# For mails that no schedule repeats: retried for about half an hour while the mail server is away.
retried_mail = shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)


@shared_task
def plan_messages() -> None:
    if planning.plan_messages():
        task_queue.queue_dispatch()


@shared_task
def dispatch_messages() -> None:
    sending.run_dispatch()


@shared_task
def sweep_unsettled() -> None:
    sweeping.sweep_unsettled()


@shared_task
def fill_in_approved_texts() -> None:
    approved_text_backfill.fill_in_approved_texts()


@shared_task
def fetch_attachments() -> None:
    attachments.fetch_waiting()


@shared_task
def fetch_costs() -> None:
    fetching.fetch_costs()


@shared_task
def complete_finished_campaigns() -> None:
    campaign_completion.complete_finished_campaigns()


@shared_task
def warn_of_low_credits() -> None:
    credit_warnings.warn_of_low_credits()


@shared_task
def process_webhooks() -> None:
    processing.process()


@shared_task
def read_bounce_mailbox() -> None:
    mailbox.read_mailbox()


@shared_task
def prune_webhooks() -> None:
    inbox.prune()


@shared_task
def apply_retention() -> None:
    for _reach in retention.run_retention():
        pass


@shared_task
def alert_unhappy_patient(workspace_id: str, feedback_id: str) -> None:
    alerts.alert_unhappy_patient(workspace_id=UUID(workspace_id), feedback_id=UUID(feedback_id))


@shared_task
def alert_urgent_text(workspace_id: str, labels_id: str) -> None:
    alerts.alert_urgent_text(workspace_id=UUID(workspace_id), labels_id=UUID(labels_id))


@shared_task
def label_backlog() -> None:
    backlog.label_backlog()


@shared_task
def tell_of_long_waits() -> None:
    long_waits.tell_of_long_waits()


@shared_task
def send_missed_alerts() -> None:
    alerts.send_missed_alerts()


@shared_task
def send_self_test(order: dict[str, str]) -> None:
    self_tests.send_self_test(self_tests.SelfTestOrder.from_dict(order))


@shared_task
def send_phone_code(code_id: str) -> None:
    codes.send_code(UUID(code_id))


# The limit is for faults only: the call itself gives up earlier. Acknowledged at the start, because
# a call that is repeated is paid twice.
@shared_task(soft_time_limit=120, acks_late=False)
def write_suggestion(workspace_id: str, conversation_id: str, user_id: str) -> None:
    suggestions.write_suggestion(
        workspace_id=UUID(workspace_id),
        conversation_id=UUID(conversation_id),
        user_id=UUID(user_id),
    )


@shared_task
def settle_lost_assistant_calls() -> None:
    ledger.settle_lost_calls()


@retried_mail
def alert_assistant_trouble(workspace_id: str, outcome: str) -> None:
    trouble.mail_owners(workspace_id=UUID(workspace_id), outcome=outcome)


@retried_mail
def alert_paused_sender(sender_id: str) -> None:
    alerts.alert_paused_sender(sender_id=UUID(sender_id))


@retried_mail
def alert_untied_opt_out(event_id: str) -> None:
    alerts.alert_untied_opt_out(event_id=UUID(event_id))


@retried_mail
def alert_withdrawn_quote(workspace_id: str, message_id: str) -> None:
    alerts.alert_withdrawn_quote(workspace_id=UUID(workspace_id), message_id=UUID(message_id))
