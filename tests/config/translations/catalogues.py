"""Catalogues for tests, from sources or entries in the test."""

from io import StringIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po

from config import translations


def extracted(folder: Path, name: str, source: str) -> Catalog:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return translations.extract_texts([path], root=folder)


def texts(catalogue: Catalog) -> list[object]:
    return [message.id for message in translations.texts(catalogue)]


def catalogue(entries: str) -> Catalog:
    return read_po(StringIO(f"{translations.HEADER}{entries}"), locale="es")


def problems(entries: str) -> list[str]:
    return list(translations.problems(catalogue(entries)))
