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
        parser.add_argument("action", choices=["update", "compile", "check"])

    def handle(self, *_args: Any, action: str, **_options: Any) -> None:
        actions = {"update": self._update, "compile": self._compile, "check": self._check}
        try:
            actions[action]()
        except (PoFileError, SyntaxError) as error:
            raise CommandError(str(error)) from error

    def _update(self) -> None:
        updated = extract_and_merge()
        OURS.write_text(translations.to_po(updated), encoding="utf-8")
        for problem in translations.problems(updated):
            self.stdout.write(problem)

    def _compile(self) -> None:
        """Replace the compiled file at once, because a server that is starting may read it."""
        catalogues = (translations.read(OURS), translations.read(BORROWED))
        draft = COMPILED.with_name(f"{COMPILED.name}.{os.getpid()}")
        draft.write_bytes(translations.to_mo(*catalogues))
        draft.replace(COMPILED)

    def _check(self) -> None:
        updated, borrowed = extract_and_merge(), translations.read(BORROWED)
        problems = [
            *translations.problems(updated),
            *translations.problems(borrowed),
            *translations.unknown_to_packages(borrowed),
            *translations.collisions(updated, borrowed=borrowed),
            *unmarked_texts(),
        ]
        if OURS.read_text(encoding="utf-8") != translations.to_po(updated):
            problems.append(
                f"{OURS.name} differs from the code: run `python manage.py translations update`."
            )
        if problems:
            raise CommandError("\n".join(problems))


def extract_and_merge() -> Catalog:
    """Return the catalogue of the code's texts, with the Spanish that is known."""
    fresh = translations.extract_texts(translations.source_files())
    return translations.merge(fresh, known=translations.read(OURS))


def unmarked_texts() -> Iterator[str]:
    for path in translations.source_files():
        if path.suffix != ".py":
            template = path.relative_to(settings.BASE_DIR)
            for text in translations.find_unmarked(path.read_text(encoding="utf-8")):
                yield f"{template}: “{text}” is not marked for translation."
