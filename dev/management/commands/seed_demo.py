from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dev import demo_data


class Command(BaseCommand):
    help = "Fill the demo with two clinics and half a year of history. Safe to run at every start."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also where people work with real patients"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.EMBEDDED or settings.DEMO or options["force"]):
            raise CommandError(
                "This is not a demo: its accounts have a password that everybody knows."
                " Set DEMO=1, or say --force if you mean it."
            )
        is_new = demo_data.seed(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write("The demo data stands." if is_new else "The demo data stood already.")
