"""Read the text of a PDF that Typst wrote, page by page.

It knows only the few forms that Typst uses: objects one after the other, compressed contents, and
a table for each font from the numbers of its letters to Unicode.
"""

import re
import zlib
from collections.abc import Iterator

OBJECT = re.compile(rb"(?<![0-9])(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
# A change of the font, or one string of the text that is shown.
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\)|(ET)", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
LETTER = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]+)>")
CodeTable = dict[int, str]


def read_pages(pdf: bytes) -> list[str]:
    """Return the text of each page on one line."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return [" ".join(" ".join(_page_text(page, objects)).split()) for page in pages]


def read_text(pdf: bytes) -> str:
    return " ".join(read_pages(pdf))


def _page_text(page: bytes, objects: dict[int, bytes]) -> Iterator[str]:
    fonts = {
        name: _read_codes(objects[int(number)], objects)
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", _resources(page, objects))
    }
    codes: CodeTable = {}
    line = ""
    for font, string, end in SHOWN.findall(_contents(page, objects)):
        if font:
            codes = fonts[font]
        elif end:
            yield line
            line = ""
        else:
            line += _decode(string, codes)


def _resources(page: bytes, objects: dict[int, bytes]) -> bytes:
    found = re.search(rb"/Resources (\d+) 0 R", page)
    return objects[int(found[1])] if found else page


def _contents(page: bytes, objects: dict[int, bytes]) -> bytes:
    found = re.search(rb"/Contents (\d+) 0 R", page)
    assert found
    return _stream(objects[int(found[1])])


def _read_codes(font: bytes, objects: dict[int, bytes]) -> CodeTable:
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert found
    pairs = LETTER.findall(_stream(objects[int(found[1])]).decode("latin-1"))
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]


def _decode(string: bytes, codes: CodeTable) -> str:
    plain = ESCAPE.sub(_unescape, string)
    numbers = (int.from_bytes(plain[place : place + 2]) for place in range(0, len(plain), 2))
    return "".join(codes.get(number, "") for number in numbers)


def _unescape(match: re.Match[bytes]) -> bytes:
    if match[1][:1].isdigit():
        return bytes([int(match[1], 8)])
    return ESCAPED.get(match[1], match[1])
