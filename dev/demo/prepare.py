"""`python -m dev.demo.prepare`: everything that must be done before the demo's processes start.

It is one process, because most of the time of each step would be the start of Django.
"""

import os

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError

from config import embedded, fonts, static_files


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    embedded.ensure()
    try:
        django.setup()
        call_command("translations", "compile")
        call_command("migrate", verbosity=0)
        fonts.build_if_missing()
        static_files.collect_if_changed()
        call_command("seed_demo")
        write_files()
    except (CommandError, OperationalError) as error:
        raise SystemExit(str(error)) from error


def write_files() -> None:
    from dev.demo import (  # their models need django.setup()
        approved,
        assistant,
        google_world,
        payments,
    )

    assistant.turn_on()
    approved.write_approved_texts()
    payments.write_account()
    google_world.write_world()


if __name__ == "__main__":
    main()
