"""Text in a clinic's colour can be read, whatever the colour."""

import re

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from workspaces.branding.colours import (
    AA,
    DARK_PAPER,
    DEFAULT,
    LIGHT_PAPER,
    contrast,
    derive_palette,
)

PATIENT_CSS = (settings.BASE_DIR / "messaging" / "static" / "messaging" / "patient.css").read_text()
PATIENT_COLOURS = {
    name: re.findall(rf"--{name}: (#\w+);", PATIENT_CSS)
    for name in ("paper", "surface", "brand", "brand-deep", "on-brand")
}


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_every_colour_becomes_readable_in_both_themes(colour: str) -> None:
    palette = derive_palette(colour)

    for accent, papers in ((palette.light, LIGHT_PAPERS), (palette.dark, DARK_PAPERS)):
        assert all(contrast(accent.colour, paper) >= AA for paper in papers)
        assert contrast(accent.text, accent.colour) >= AA
        assert contrast(accent.text, accent.hover) >= AA


LIGHT_PAPERS, DARK_PAPERS = (
    [PATIENT_COLOURS["paper"][theme], PATIENT_COLOURS["surface"][theme]] for theme in (0, 1)
)


def test_papers_are_those_of_patients_pages() -> None:
    assert LIGHT_PAPER in LIGHT_PAPERS
    assert DARK_PAPER in DARK_PAPERS


def test_standard_palette_is_that_of_the_style_sheet() -> None:
    standard = derive_palette(DEFAULT)

    for theme, accent in enumerate((standard.light, standard.dark)):
        in_css = [PATIENT_COLOURS[name][theme] for name in ("brand", "brand-deep", "on-brand")]
        assert [accent.colour, accent.hover, accent.text] == in_css


@pytest.mark.parametrize(
    ("colour", "is_darkened"), [("#ffe600", True), ("#ffffff", True), ("#1f4f8a", False)]
)
def test_pale_colour_is_darkened_and_a_dark_one_kept(colour: str, is_darkened: bool) -> None:
    palette = derive_palette(colour)

    assert palette.was_darkened is is_darkened
    assert palette.chosen == colour


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
