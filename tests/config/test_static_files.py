import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from config import static_files


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    """Yield the only source file, which is collected into another folder."""
    path = tmp_path / "source" / "page.css"
    path.parent.mkdir()
    path.write_text("a {}")
    with override_settings(
        STATIC_ROOT=tmp_path / "collected",
        STATICFILES_DIRS=[path.parent],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
        },
    ):
        yield path


def collected(source: Path) -> list[str]:
    return sorted(path.name for path in (source.parent.parent / "collected").iterdir())


def test_files_are_collected_with_a_hash_alone(source: Path) -> None:
    static_files.collect_if_changed()

    assert not static_files.have_changed()
    manifest, *hashed = reversed(collected(source))
    assert manifest == "staticfiles.json"
    assert hashed
    assert "page.css" not in hashed


def test_changed_file_is_collected_again(source: Path) -> None:
    static_files.collect_if_changed()
    before = collected(source)

    source.write_text("b {}")
    later = source.parent.parent.joinpath("collected/staticfiles.json").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert static_files.have_changed()
    static_files.collect_if_changed()

    assert len(collected(source)) > len(before)


def test_file_with_an_old_time_is_new_when_it_was_just_installed(source: Path) -> None:
    static_files.collect_if_changed()
    manifest = source.parent.parent / "collected" / "staticfiles.json"
    os.utime(manifest, (0, 0))
    os.utime(source, (-1, -1))

    assert static_files.have_changed()
