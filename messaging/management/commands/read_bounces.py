from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from messaging.bounces import mailbox


class Command(BaseCommand):
    help = "Read the bounce mailbox now, and say what is set up. Celery does it every minute."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for name in ("BOUNCE_ADDRESS", "BOUNCE_MAILBOX_URL"):
            if not getattr(settings, name):
                self.stdout.write(f"Off: {name} is not set. See docs/operations.md.")
        if not settings.BOUNCE_MAILBOX_URL:
            return
        read = mailbox.read_mailbox()
        if read is None:
            raise CommandError(
                "The bounce mailbox cannot be read; the log names the kind of error."
            )
        self.stdout.write(f"New mails: {read.mails}. About our messages: {read.reports}.")
