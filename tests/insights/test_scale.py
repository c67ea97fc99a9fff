"""NPS usually comes from a scale of 0 to 10, so ours is always shown together with its scale."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from config.embedded import ROOT

# The charts of NPS contain the scale.
SHOWS_SCALE = re.compile(r"{% nps_scale |{% nps_chart |{% comparison_chart ")
SHOWS_NPS = re.compile(r"\bNPS\b|\.nps\b")
FOLDERS = [ROOT / "config" / "templates"] + [
    folder
    for app in apps.get_app_configs()
    if app.name in settings.INSTALLED_APPS and ROOT.joinpath(app.label, "apps.py").exists()
    for folder in [ROOT / app.label / "templates"]
]
TEMPLATES = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.suffix in {".html", ".txt", ".svg"} and SHOWS_NPS.search(path.read_text())
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_with_nps_shows_its_scale(path: Path) -> None:
    assert SHOWS_SCALE.search(path.read_text())


def test_known_templates_are_checked() -> None:
    names = {path.name for path in TEMPLATES}

    assert names >= {"results.html", "campaign.html", "week.html", "week.txt"}
