from typing import Any

from django.core.management.base import BaseCommand

from core.vapid import make_private_key


class Command(BaseCommand):
    help = "Print a new key for VAPID_PRIVATE_KEY, with which push to members' browsers is signed."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        self.stdout.write(make_private_key())
