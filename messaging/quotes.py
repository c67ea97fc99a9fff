"""Permission to show a patient's words in public, and what ends it.

The permission is for the words as they are at that moment. The callers hold the lock of the ask, so
that an owner who publishes at the same moment comes before or after the change, never in between.
"""

import hashlib

from django.utils import timezone

from messaging import task_queue
from messaging.models import Message, Quote, QuoteWithdrawal


def fingerprint_words(words: str) -> str:
    """Identify the words that a page has shown, so that others are not published in their place."""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def allow_quoting(*, ask: Message) -> None:
    Message.objects.within(ask.workspace_id).filter(pk=ask.pk).update(quotable_at=timezone.now())


def end_permission(*, ask: Message, because: QuoteWithdrawal) -> None:
    """End the patient's permission and withdraw the quote. Only the patient can allow it again."""
    if ask.quotable_at is None:
        return
    Message.objects.within(ask.workspace_id).filter(pk=ask.pk).update(quotable_at=None)
    withdraw_quote(ask=ask, because=because)


def withdraw_quote(*, ask: Message, because: QuoteWithdrawal) -> None:
    """Take the words out of the public report at once, and tell the owners."""
    if ask.quotable_at is None:
        return  # without a permission nothing was published
    now = timezone.now()
    shown = Quote.objects.within(ask.workspace_id).filter(message=ask, withdrawn_at=None)
    if shown.update(text="", withdrawn_at=now, withdrawn_because=because, updated_at=now):
        task_queue.queue_withdrawn_quote_alert(ask)
