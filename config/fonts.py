"""The typefaces of the pages, cut down to Latin letters.

The packages contain whole families. `build` writes the two files that the stylesheet names, and
the licence of each beside it, as the licences ask.
"""

from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fontTools import subset

PLACE = Path(__file__).parent / "static" / "fonts"
# Latin letters, digits, punctuation of es, en and pt, and the signs that our texts contain.
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2027),
    *map(ord, "\u2009\u202f‰‹›⁄€™←↑→↓−≈≤≥★☆✓"),
]
# Without "liga": Manrope would show "(c)" and "<3" in a patient's words as signs.
FEATURES = ["kern", "ccmp", "mark", "mkmk", "locl", "lnum", "tnum"]


class Font(NamedTuple):
    package: str
    file: str
    licence: str
    written_as: str


FONTS = (
    Font("font_manrope", "Manrope-VariableFont_wght.ttf", "OFL.txt", "manrope"),
    Font("font_source_serif_pro", "SourceSerifPro-Semibold.ttf", "LICENSE.txt", "source-serif"),
)


def build() -> None:
    """Write the fonts. A server that is starting may read them, so each is replaced at once."""
    PLACE.mkdir(exist_ok=True)
    for font in FONTS:
        source = find_source(font)
        _replace(PLACE / f"{font.written_as}.txt", source.with_name(font.licence).read_bytes())
        _replace(PLACE / f"{font.written_as}.woff2", cut_to_latin(source))


def build_if_missing() -> None:
    if not all((PLACE / f"{font.written_as}.woff2").exists() for font in FONTS):
        build()


def find_source(font: Font) -> Path:
    return Path(str(files(font.package))) / "files" / font.file


def cut_to_latin(path: Path) -> bytes:
    """Return the font with our letters only, as woff2. The same input gives the same bytes."""
    options = subset.Options(flavor="woff2", layout_features=FEATURES)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    written = BytesIO()
    with subset.load_font(str(path), options) as font:
        subsetter.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f"{path.suffix}.new")
    draft.write_bytes(content)
    draft.replace(path)
