from typing import Any

from django.core.management.base import BaseCommand

from config import fonts


class Command(BaseCommand):
    help = "Cut the typefaces of the pages to Latin letters, for `collectstatic`."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        fonts.build()
