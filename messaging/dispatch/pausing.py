"""When a sender is paused because the provider refuses it, and how it starts again.

A sender may be shared by every clinic, so one message must never stop it. The rule:

- Only a message's first attempt counts. A message that was refused before and waits would
  otherwise pause the sender again each time it is tried.
- When the provider refuses our whole account, or a clinic's own sender, one message is enough.
- A shared sender that is refused pauses once several clinics and several patients were refused.

A paused sender tries one message every few minutes and resumes when the provider accepts it. A
sender that platform staff paused by hand has no `next_probe_at` and waits for them.

The caller has opened the platform door.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from messaging import task_queue
from messaging.error_policy import policy_of
from messaging.models import Message, Sender

PROBE_EVERY = timedelta(minutes=5)
EVIDENCE_FOR = timedelta(minutes=15)
CLINICS_NEEDED, PATIENTS_NEEDED = 2, 3


def note_refusal(sender_id: UUID, *, code: str, reason: str) -> None:
    """Pause the sender if the refusals with this code show that it cannot send."""
    sender = Sender.objects.get(pk=sender_id)
    if sender.paused_at is None and _is_proven(sender, code):
        _pause(sender, reason or code)


def take_due_probes() -> list[Sender]:
    """Return the paused senders that may try one message now. No two workers get the same one."""
    now = timezone.now()
    due = Sender.objects.filter(paused_at__isnull=False, next_probe_at__lte=now)
    senders = list(due.select_for_update(skip_locked=True))
    for sender in senders:
        sender.next_probe_at = now + PROBE_EVERY
    Sender.objects.bulk_update(senders, ["next_probe_at"])
    return senders


def resume_after_probe(sender_id: UUID) -> None:
    """Resume, unless platform staff have paused the sender by hand since the probe left."""
    Sender.objects.filter(pk=sender_id, next_probe_at__isnull=False).update(
        paused_at=None, pause_reason="", next_probe_at=None
    )


def _pause(sender: Sender, reason: str) -> None:
    now = timezone.now()
    paused = Sender.objects.filter(pk=sender.pk, paused_at=None).update(
        paused_at=now, pause_reason=reason[:200], next_probe_at=now + PROBE_EVERY
    )
    if paused:
        task_queue.queue_paused_sender_alert(sender.pk)


def _is_proven(sender: Sender, code: str) -> bool:
    # By the index `message_failed_by_sender`; the window keeps the count small.
    refused = Message.objects.filter(
        sender=sender, error_code=code, attempt=1, updated_at__gt=timezone.now() - EVIDENCE_FOR
    )
    counted: dict[str, int] = refused.aggregate(
        clinics=Count("workspace", distinct=True), patients=Count("patient", distinct=True)
    )
    policy = policy_of(code)
    is_about_sender = policy.pauses_sender and not policy.is_about_account
    if sender.workspace_id is None and is_about_sender:
        return counted["clinics"] >= CLINICS_NEEDED and counted["patients"] >= PATIENTS_NEEDED
    return counted["patients"] > 0
