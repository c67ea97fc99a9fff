from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import translations
from config.translations import BORROWED, OURS

FLOOR = Path(translations.__file__).parent


@pytest.fixture(scope="module")
def part() -> tuple[list[Path], str]:
    """Return the sources of one app and their catalogue. All apps would take seconds per test."""
    sources = [path for path in translations.source_files() if path.is_relative_to(FLOOR)]
    fresh = translations.extract_texts(sources)
    return sources, translations.to_po(translations.merge(fresh, known=translations.read(OURS)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: tuple[list[Path], str]) -> Path:
    sources, ours = part
    command = "config.management.commands.translations"
    for name in ("OURS", "BORROWED", "COMPILED"):
        monkeypatch.setattr(f"{command}.{name}", tmp_path / getattr(translations, name).name)
    monkeypatch.setattr(translations, "source_files", lambda: sources)
    (tmp_path / OURS.name).write_text(ours, encoding="utf-8")
    (tmp_path / BORROWED.name).write_text(BORROWED.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_check_passes_for_unchanged_catalogue(folder: Path) -> None:
    call_command("translations", "check")


def test_check_of_stale_catalogue_says_what_to_do(folder: Path) -> None:
    with (folder / OURS.name).open("a", encoding="utf-8") as file:
        file.write('#~ msgid "Gone"\n#~ msgstr "Ido"\n')

    with pytest.raises(CommandError, match="translations update"):
        call_command("translations", "check")


def test_check_names_a_text_without_spanish(folder: Path) -> None:
    (folder / OURS.name).write_text(translations.HEADER, encoding="utf-8")
    call_command("translations", "update", stdout=StringIO())

    with pytest.raises(CommandError, match="“Campaigns” has no Spanish"):
        call_command("translations", "check")


def test_check_names_a_text_that_replaces_one_of_django(folder: Path) -> None:
    (folder / OURS.name).write_text(
        (folder / OURS.name)
        .read_text(encoding="utf-8")
        .replace(
            'msgid "Change password"\nmsgstr "Cambiar la contraseña"',
            'msgid "Change password"\nmsgstr "Puede"',
        ),
        encoding="utf-8",
    )

    with pytest.raises(CommandError, match="“Change password” has one Spanish"):
        call_command("translations", "check")


def test_update_is_idempotent(folder: Path) -> None:
    call_command("translations", "update", stdout=StringIO())
    once = (folder / OURS.name).read_bytes()
    call_command("translations", "update", stdout=StringIO())

    assert (folder / OURS.name).read_bytes() == once


def test_compile_leaves_one_file(folder: Path) -> None:
    call_command("translations", "compile")

    assert {path.name for path in folder.iterdir()} == {"django.po", "borrowed.po", "django.mo"}


def test_unreadable_catalogue_gives_message(folder: Path) -> None:
    (folder / OURS.name).write_text('msgid "Team"\n', encoding="utf-8")

    with pytest.raises(CommandError, match="missing msgstr for msgid 'Team'"):
        call_command("translations", "compile")
