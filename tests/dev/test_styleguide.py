"""The style guide shows every class that the document names, and only developers see it."""

import re
import runpy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import path
from pytest_django import Settings

import dev.urls
from config import urls
from config.templatetags.icons import DRAWINGS
from dev import styleguide
from tests.config.test_shell import STYLES

DOCUMENT = (settings.BASE_DIR / "docs" / "design-system.md").read_text()
CLASSES = set(re.findall(r"\.([a-z][\w-]+)", re.sub(r"/\*.*?\*/|url\(.*?\)", "", STYLES)))
MARKUP = re.compile(r'class="([^"{]*)')

# As with DEBUG, which tests have not.
urlpatterns = [*urls.urlpatterns, path("styleguide/", styleguide.page, name="styleguide")]


def classes_of(html: str) -> set[str]:
    return {name for names in MARKUP.findall(html) for name in names.split()}


def named_in_the_document() -> set[str]:
    """Return the classes in its examples and between backticks."""
    words = " ".join(re.findall(r"`([^`\n]+)`", DOCUMENT)).replace('"', " ").split()
    return classes_of(DOCUMENT) | (set(words) & CLASSES)


@pytest.fixture
def shown(client: Client, settings: Settings) -> str:
    settings.ROOT_URLCONF = __name__
    return client.get("/styleguide/").content.decode()


@pytest.mark.django_db
def test_page_shows_every_documented_class(shown: str) -> None:
    of_another_page = {"shell"}

    assert named_in_the_document() - classes_of(shown) - of_another_page == set()


def test_document_names_the_classes_of_recent_pages() -> None:
    assert named_in_the_document() >= {"board", "case", "bubble", "timeline", "segmented", "poster"}


@pytest.mark.django_db
def test_page_shows_every_icon_and_colour(shown: str) -> None:
    colours = set(re.findall(r"var\(--([\w-]+)\)", shown))

    assert colours == set(re.findall(r"--([\w-]+): #", STYLES))
    assert shown.count('class="icon') > len(DRAWINGS)


@pytest.mark.parametrize(("asked", "theme"), [("dark", ' data-theme="dark"'), ("x", "")])
@pytest.mark.django_db
def test_page_has_both_themes(client: Client, settings: Settings, asked: str, theme: str) -> None:
    settings.ROOT_URLCONF = __name__

    html = client.get("/styleguide/", {"theme": asked}).content.decode()

    assert f'<html lang="es"{theme}>' in html


@pytest.mark.parametrize("debug", [True, False])
def test_page_exists_only_with_debug(settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug

    addresses = runpy.run_path(urls.__file__)["urlpatterns"]

    assert any(getattr(one, "urlconf_module", None) is dev.urls for one in addresses) is debug
