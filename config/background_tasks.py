"""The queue of each Celery task, and the schedule of those that run periodically.

`tests/config/test_background_tasks.py` fails for a task without a queue.
"""

from typing import Any

from celery.schedules import crontab

# Dispatching occupies a worker for seconds and a long list for minutes, so that tasks which must be
# quick need other queues. Each queue has its own process, except in the demo.
QUEUES = {
    "celery": [
        "billing.tasks.expire_credits",
        "billing.tasks.prune_payment_events",
        "config.tasks.heartbeat",
        "core.tasks.delete_old_idempotency_records",
        "insights.tasks.queue_due_digests",
        "insights.tasks.queue_due_monthly_reports",
        "insights.tasks.roll_up_tallies",
        "integrations.tasks.prune_webhook_deliveries",
        "messaging.tasks.complete_finished_campaigns",
        "messaging.tasks.fill_in_approved_texts",
        "messaging.tasks.apply_retention",
        "messaging.tasks.plan_messages",
        "messaging.tasks.prune_webhooks",
        # These two wait for Twilio or a mail server, but a person waits on the page for them, and
        # in `external` they could wait for minutes behind webhooks.
        "messaging.tasks.send_phone_code",
        "messaging.tasks.send_self_test",
        "messaging.tasks.settle_lost_assistant_calls",
        "messaging.tasks.sweep_unsettled",
        "messaging.tasks.tell_of_long_waits",
        "messaging.tasks.warn_of_low_credits",
        "patients.tasks.delete_outdated_files",
        "patients.tasks.wake_stranded_imports",
        "reviews.tasks.attribute_reviews",
        "reviews.tasks.prune_pushes",
        "workspaces.tasks.delete_expired_sessions",
        "workspaces.tasks.record_failed_sign_in",
    ],
    "send": ["messaging.tasks.dispatch_messages"],
    # Anybody can send us texts. A flood of them must not delay planning, alerts and mails.
    "webhooks": ["messaging.tasks.process_webhooks"],
    # A long list must not delay the handling of a STOP or of a delivery report. Labelling a backlog
    # computes for half a minute, in which a worker with one process would plan no asks.
    "imports": [
        "messaging.tasks.label_backlog",
        "patients.tasks.advance_import",
        "reviews.tasks.label_reviews",
    ],
    # These wait for Google, whose quota makes them wait too. Slow listings must delay nobody else.
    "reviews": [
        "reviews.tasks.send_replies",
        "reviews.tasks.sweep_locations",
        "reviews.tasks.sync_changes",
    ],
    # These wait for other companies' servers, and a mail server that hangs must not delay planning.
    "external": [
        "billing.tasks.grant_monthly_credits",
        "billing.tasks.process_payment_events",
        "billing.tasks.reconcile_with_stripe",
        "billing.tasks.send_billing_notice",
        "billing.tasks.send_billing_notices",
        "billing.tasks.warn_of_trial_and_grace_ends",
        "insights.tasks.write_month_summary",
        "integrations.tasks.deliver_webhooks",
        "integrations.tasks.mail_disabled_endpoint",
        "messaging.tasks.alert_assistant_trouble",
        "messaging.tasks.alert_paused_sender",
        "messaging.tasks.alert_unhappy_patient",
        "messaging.tasks.alert_untied_opt_out",
        "messaging.tasks.alert_urgent_text",
        "messaging.tasks.alert_withdrawn_quote",
        "messaging.tasks.fetch_attachments",
        "messaging.tasks.fetch_costs",
        "messaging.tasks.read_bounce_mailbox",
        "messaging.tasks.send_missed_alerts",
        "messaging.tasks.write_suggestion",
        "reviews.tasks.alert_low_reviews",
        "reviews.tasks.check_connections",
        "reviews.tasks.check_for_owner",
        "reviews.tasks.listen_for_pushes",
        "reviews.tasks.mail_lost_access",
        "reviews.tasks.revoke_token",
        "reviews.tasks.write_suggestion",
        "templates_app.tasks.check_approved_text",
        "templates_app.tasks.check_approved_texts",
        "templates_app.tasks.delete_unused_contents",
        "templates_app.tasks.mail_held_request",
        "templates_app.tasks.submit_approval_request",
        "templates_app.tasks.submit_approval_requests",
        "workspaces.tasks.deliver_notifications",
        "workspaces.tasks.mail_sender_flags",
        "workspaces.tasks.send_account_mail",
    ],
}
TASK_ROUTES = {task: {"queue": queue} for queue, tasks in QUEUES.items() for task in tasks}

# How many seconds pass between two runs of a task.
PERIODS = {
    "billing.tasks.expire_credits": 60.0,
    "billing.tasks.grant_monthly_credits": 600.0,
    "billing.tasks.process_payment_events": 10.0,
    "billing.tasks.prune_payment_events": 6 * 3600.0,
    "billing.tasks.send_billing_notices": 60.0,
    "billing.tasks.warn_of_trial_and_grace_ends": 900.0,
    "core.tasks.delete_old_idempotency_records": 3600.0,
    "insights.tasks.queue_due_digests": 900.0,
    "insights.tasks.queue_due_monthly_reports": 900.0,
    "insights.tasks.roll_up_tallies": 60.0,
    "integrations.tasks.deliver_webhooks": 1.0,
    "integrations.tasks.prune_webhook_deliveries": 3600.0,
    "messaging.tasks.complete_finished_campaigns": 60.0,
    "messaging.tasks.dispatch_messages": 1.0,
    "messaging.tasks.fetch_attachments": 60.0,
    "messaging.tasks.fetch_costs": 600.0,
    "messaging.tasks.fill_in_approved_texts": 60.0,
    "messaging.tasks.label_backlog": 300.0,
    "messaging.tasks.apply_retention": 6 * 3600.0,
    "messaging.tasks.plan_messages": 1.0,
    "messaging.tasks.process_webhooks": 1.0,
    "messaging.tasks.prune_webhooks": 3600.0,
    "messaging.tasks.read_bounce_mailbox": 60.0,
    "messaging.tasks.send_missed_alerts": 60.0,
    "messaging.tasks.settle_lost_assistant_calls": 300.0,
    "messaging.tasks.sweep_unsettled": 15.0,
    "messaging.tasks.tell_of_long_waits": 300.0,
    "messaging.tasks.warn_of_low_credits": 60.0,
    "patients.tasks.delete_outdated_files": 3600.0,
    "patients.tasks.wake_stranded_imports": 5.0,
    "reviews.tasks.alert_low_reviews": 60.0,
    "reviews.tasks.attribute_reviews": 30.0,
    "reviews.tasks.check_connections": 300.0,
    "reviews.tasks.label_reviews": 5.0,
    "reviews.tasks.prune_pushes": 3600.0,
    "reviews.tasks.send_replies": 5.0,
    "reviews.tasks.sweep_locations": 10.0,
    "reviews.tasks.sync_changes": 5.0,
    "templates_app.tasks.check_approved_texts": 60.0,
    "templates_app.tasks.delete_unused_contents": 3600.0,
    "templates_app.tasks.submit_approval_requests": 30.0,
    "workspaces.tasks.delete_expired_sessions": 3600.0,
    "workspaces.tasks.deliver_notifications": 15.0,
}
BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "config.tasks.heartbeat": {"task": "config.tasks.heartbeat", "schedule": 10.0},
    # At night, when nobody waits for Stripe.
    "billing.tasks.reconcile_with_stripe": {
        "task": "billing.tasks.reconcile_with_stripe",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 6 * 3600},
    },
    # The next run does the same work, so a run that no worker took in time is dropped.
    **{
        task: {"task": task, "schedule": seconds, "options": {"expires": seconds * 2}}
        for task, seconds in PERIODS.items()
    },
}
