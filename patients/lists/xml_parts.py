"""The XML inside a workbook, as a stream of its elements; no entities, no surprises."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from patients.lists import limits
from patients.lists.problems import ListProblem

CHUNK = 64 * 1024
LONGEST_NUMBER = 9
MOST_NAMES = 10_000

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def parse(
    part: IO[bytes], *, start: Start, end: End, text: Text, most: int = limits.ELEMENTS
) -> Iterator[None]:
    """Calls back for each element by its name without namespace; yields now and then.

    What a hostile file could use to keep the parser busy has a ceiling: unfinished tags, names,
    and elements.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names: dict[str, str] = {}
    elements_read = 0

    def started(name: str, attributes: Attributes) -> None:
        nonlocal elements_read
        elements_read += 1
        local = names.get(name)
        if local is None:
            if len(names) >= MOST_NAMES:
                raise ListProblem("unsafe_workbook")
            local = names[name] = _local(name)
        start(local, attributes)

    def ended(name: str) -> None:
        end(names[name])

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    # An entity can stand for gigabytes of itself, and no spreadsheet program writes one.
    parser.StartDoctypeDeclHandler = _refuse
    bytes_read = 0
    try:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
            bytes_read += len(chunk)
            if bytes_read - parser.CurrentByteIndex > limits.TAG:
                raise ListProblem("unsafe_workbook")
            if elements_read > most:
                raise ListProblem("too_many_cells")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ListProblem("damaged_workbook") from error
    yield


def whole_number(text: str) -> int | None:
    fits = len(text) <= LONGEST_NUMBER and text.isascii() and text.isdecimal()
    return int(text) if fits else None


def _refuse(*_declaration: object) -> None:
    raise ListProblem("unsafe_workbook")


def elements(part: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """Each element of a small part with its attributes."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        found.append((name, {_local(key): value for key, value in attributes.items()}))

    for _ in parse(part, start=start, end=_ignore, text=_ignore, most=limits.DESCRIPTIONS):
        yield from found
        found.clear()


def _ignore(_what: str) -> None:
    pass
