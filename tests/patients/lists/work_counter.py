"""Count the work of reading a list. Counts do not depend on the machine, unlike times."""

import cProfile
import csv
import io
import pstats
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from xml.parsers import expat

from patients.lists import csv_files, xml_parts
from patients.lists.problems import ListProblem
from patients.lists.rows import rows
from patients.lists.survey import survey
from tests.patients.lists.lists import TODAY, reader_of


@dataclass
class Work:
    """`calls` of Python and C functions, and `letters` that the CSV and XML parsers read, including
    those that they read again."""

    calls: int = 0
    letters: int = 0


def work_of(content: bytes) -> Work:
    """Survey the file and read all of its people, as an import does."""
    work = Work()

    def read_whole() -> None:
        with suppress(ListProblem):
            found = survey(io.BytesIO(content), filename="list", today=TODAY)
            reader = reader_of(found)
            for row in rows(io.BytesIO(content), found):
                reader.read(row)

    profile = cProfile.Profile()
    with _counted(work):
        profile.runcall(read_whole)
    work.calls = int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in the stubs
    return work


@contextmanager
def _counted(work: Work) -> Iterator[None]:
    """Replace the parsers of the libraries by counting ones."""
    counted_csv = SimpleNamespace(
        Error=csv.Error,
        QUOTE_NONE=csv.QUOTE_NONE,
        reader=lambda lines, **options: csv.reader(_Lines(lines, work), **options),
    )
    counted_expat = SimpleNamespace(
        ExpatError=expat.ExpatError,
        ParserCreate=lambda **options: _Parser(expat.ParserCreate(**options), work),
    )
    with (
        patch.object(csv_files, "csv", counted_csv),
        patch.object(xml_parts, "expat", counted_expat),
    ):
        yield


class _Lines:
    """No generator, because the reader continues after the end of a record."""

    def __init__(self, lines: Iterable[str], work: Work) -> None:
        self.lines, self.work = iter(lines), work

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.work.letters += len(line)
        return line


class _Parser:
    """Counts that expat reads an unfinished tag again from its beginning with each chunk."""

    def __init__(self, parser: Any, work: Work) -> None:
        vars(self).update(parser=parser, work=work, given=0)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(vars(self)["parser"], name, value)

    def __getattr__(self, name: str) -> object:
        return getattr(vars(self)["parser"], name)

    def Parse(self, data: bytes, is_final: bool = False) -> int:
        own = vars(self)
        own["given"] += len(data)
        own["work"].letters += own["given"] - max(own["parser"].CurrentByteIndex, 0)
        return int(own["parser"].Parse(data, is_final))
