"""NPS is known as a number from questions of 0 to 10. Ours never stands without its own scale."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from config.embedded import ROOT

# A chart says it by itself; what is no figure only names it.
SAYS_IT = re.compile(r"{% nps_scale |{% nps_chart |{% comparison_chart ")
NAMES_IT = re.compile(r"\bNPS\b|\.nps\b")
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
    if path.suffix in {".html", ".txt", ".svg"} and NAMES_IT.search(path.read_text())
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_with_an_nps_says_its_scale(path: Path) -> None:
    assert SAYS_IT.search(path.read_text())


def test_there_are_such_templates() -> None:
    names = {path.name for path in TEMPLATES}

    assert names >= {"results.html", "campaign.html", "week.html", "week.txt"}
