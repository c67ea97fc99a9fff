import os
from collections.abc import Iterator
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import PoFileError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import translations
from config.translations import BORROWED, COMPILED, OURS


class Command(BaseCommand):
    help = "Spanish for every text on screen: update the catalogue, compile it, or check it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["update", "compile", "check"])

    def handle(self, *_args: Any, act: str, **_options: Any) -> None:
        acts = {"update": self._update, "compile": self._compile, "check": self._check}
        try:
            acts[act]()
        except (PoFileError, SyntaxError) as error:
            raise CommandError(str(error)) from error

    def _update(self) -> None:
        updated = as_it_should_be()
        OURS.write_text(translations.written(updated), encoding="utf-8")
        for problem in translations.problems(updated):
            self.stdout.write(problem)

    def _compile(self) -> None:
        """Moved into place whole: a server that starts meanwhile reads the old or the new one."""
        catalogues = (translations.read(OURS), translations.read(BORROWED))
        draft = COMPILED.with_name(f"{COMPILED.name}.{os.getpid()}")
        draft.write_bytes(translations.compiled(*catalogues))
        draft.replace(COMPILED)

    def _check(self) -> None:
        updated, borrowed = as_it_should_be(), translations.read(BORROWED)
        found = [
            *translations.problems(updated),
            *translations.problems(borrowed),
            *translations.unknown_to_packages(borrowed),
            *translations.collisions(updated, borrowed=borrowed),
            *unmarked(),
        ]
        if OURS.read_text(encoding="utf-8") != translations.written(updated):
            found.append(
                f"{OURS.name} differs from the code: run `python manage.py translations update`."
            )
        if found:
            raise CommandError("\n".join(found))


def as_it_should_be() -> Catalog:
    fresh = translations.extracted(translations.sources())
    return translations.updated(fresh, known=translations.read(OURS))


def unmarked() -> Iterator[str]:
    for path in translations.sources():
        if path.suffix != ".py":
            place = path.relative_to(settings.BASE_DIR)
            for said in translations.unmarked(path.read_text(encoding="utf-8")):
                yield f"{place}: “{said}” is not marked for translation."
