from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import encryption, tenancy
from integrations.webhooks import endpoints
from workspaces.sign_in import second_steps


class Command(BaseCommand):
    help = "Encrypt all stored secrets with the first of SEALING_KEYS, so that the others can go."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            with transaction.atomic(), tenancy.platform("reseal"):
                steps, secrets = second_steps.reencrypt_secrets(), endpoints.reseal_endpoints()
        except encryption.UnreadableError as error:
            raise CommandError(
                "None of SEALING_KEYS sealed one of the secrets. Add the key that did to the end of"
                " the list. Nothing was changed."
            ) from error
        self.stdout.write(
            f"{steps} second steps and {secrets} webhook endpoints use the first key."
        )
