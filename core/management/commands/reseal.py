from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import encryption, tenancy


class Command(BaseCommand):
    help = "Encrypt all stored secrets with the first of SEALING_KEYS, so that the others can go."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            with transaction.atomic(), tenancy.platform("reseal"):
                counts = {what: act() for what, act in encryption.resealing_actions().items()}
        except encryption.UnreadableError as error:
            raise CommandError(
                "None of SEALING_KEYS sealed one of the secrets. Add the key that did to the end of"
                " the list. Nothing was changed."
            ) from error
        found = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"They use the first key: {found}.")
