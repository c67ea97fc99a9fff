"""The XML inside a workbook, as a stream of its elements; no entities, no surprises."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from patients.lists.problems import ListProblem

CHUNK = 64 * 1024
LONGEST_NUMBER = 9

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def parse(part: IO[bytes], *, start: Start, end: End, text: Text) -> Iterator[None]:
    """Calls back for each element by its name without namespace; yields now and then."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names: dict[str, str] = {}

    def started(name: str, attributes: Attributes) -> None:
        local = names.get(name)
        if local is None:
            local = names[name] = _local(name)
        start(local, attributes)

    def ended(name: str) -> None:
        end(names[name])

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    # An entity can stand for gigabytes of itself, and no spreadsheet program writes one.
    parser.StartDoctypeDeclHandler = _refuse
    try:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
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

    for _ in parse(part, start=start, end=_ignore, text=_ignore):
        yield from found
        found.clear()


def _ignore(_what: str) -> None:
    pass
