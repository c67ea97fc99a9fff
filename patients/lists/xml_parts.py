"""Parse the XML of a workbook as a stream, safely for hostile files: no entities, hard ceilings."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from patients.lists import limits
from patients.lists.problems import ListProblem

CHUNK = 64 * 1024
MAX_DIGITS = 9
MAX_NAMES = 10_000

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def parse(
    part: IO[bytes], *, start: Start, end: End, text: Text, max_elements: int = limits.ELEMENTS
) -> Iterator[None]:
    """Call the handlers with each element's local name. Yield after each chunk of the file.

    Unfinished tags, names and elements have ceilings, because a hostile file could use each of
    them to keep the parser busy.
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
            if len(names) >= MAX_NAMES:
                raise ListProblem("unsafe_workbook")
            local = names[name] = _local(name)
        start(local, attributes)

    def ended(name: str) -> None:
        end(names[name])

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    # Refuses entities, which can expand to gigabytes. No spreadsheet program writes them.
    parser.StartDoctypeDeclHandler = _refuse
    bytes_read = 0
    try:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
            bytes_read += len(chunk)
            if bytes_read - parser.CurrentByteIndex > limits.TAG:
                raise ListProblem("unsafe_workbook")
            if elements_read > max_elements:
                raise ListProblem("too_many_cells")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ListProblem("damaged_workbook") from error
    yield


def whole_number(text: str) -> int | None:
    """Return a number of at most nine digits, None for any other text."""
    fits = len(text) <= MAX_DIGITS and text.isascii() and text.isdecimal()
    return int(text) if fits else None


def _refuse(*_declaration: object) -> None:
    raise ListProblem("unsafe_workbook")


def elements(part: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """Yield each element of a small part with its attributes."""
    parsed: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        parsed.append((name, {_local(key): value for key, value in attributes.items()}))

    for _ in parse(part, start=start, end=_ignore, text=_ignore, max_elements=limits.DESCRIPTIONS):
        yield from parsed
        parsed.clear()


def _ignore(_data: str) -> None:
    pass
