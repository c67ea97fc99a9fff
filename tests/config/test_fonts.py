"""The typefaces are small, have the letters of our languages, and come with their licences."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from config import fonts

STYLES = settings.BASE_DIR / "config" / "static" / "app.css"
SPANISH_AND_PORTUGUESE = "áéíóúüñÁÉÍÓÚÜÑ¿¡ãõçâêôàÃÕÇ€“”‘’–—…·−→"


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    fonts.build_if_missing()


def written() -> list[Path]:
    return sorted(fonts.PLACE.glob("*.woff2"))


def test_both_files_together_are_under_sixty_kilobytes() -> None:
    assert len(written()) == 2
    assert sum(path.stat().st_size for path in written()) < 60_000


@pytest.mark.parametrize("font", fonts.FONTS, ids=lambda font: font.written_as)
def test_font_has_the_letters_of_our_languages(font: fonts.Font) -> None:
    with TTFont(fonts.PLACE / f"{font.written_as}.woff2") as built_font:
        has = built_font.getBestCmap()

    missing = {letter for letter in SPANISH_AND_PORTUGUESE if ord(letter) not in has}
    assert missing - {"→"} == set()


@pytest.mark.parametrize("font", fonts.FONTS, ids=lambda font: font.written_as)
def test_font_is_the_same_whenever_it_is_built(font: fonts.Font) -> None:
    assert (fonts.PLACE / f"{font.written_as}.woff2").read_bytes() == fonts.cut_to_latin(
        fonts.find_source(font)
    )


@pytest.mark.parametrize("font", fonts.FONTS, ids=lambda font: font.written_as)
def test_licence_lies_beside_the_font(font: fonts.Font) -> None:
    assert "SIL OPEN FONT LICENSE" in (fonts.PLACE / f"{font.written_as}.txt").read_text()


def test_manrope_has_figures_of_equal_width() -> None:
    font = TTFont(BytesIO((fonts.PLACE / "manrope.woff2").read_bytes()))

    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in features
    assert "liga" not in features


def test_stylesheet_names_the_files_that_are_built() -> None:
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', STYLES.read_text()))

    assert named == {path.name for path in written()}
