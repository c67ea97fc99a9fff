"""The manifest, the service worker and the offline page."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_manifest_is_enough_to_install(client: Client) -> None:
    manifest = client.get(reverse("manifest")).json()

    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == (
        "standalone",
        "/",
        "/",
    )
    sizes = {(icon["sizes"], icon.get("purpose")) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    pages = [reverse(name) for name in ("ask_one", "inbox", "recovery", "imports")]
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == pages


@pytest.mark.parametrize("size", [192, 512])
def test_icons_have_the_size_that_the_manifest_says(size: int) -> None:
    path = finders.find(f"icon-{size}.png")
    assert path
    with Image.open(path) as icon:
        assert icon.size == (size, size)


def test_manifest_speaks_the_language_of_the_phone(client: Client) -> None:
    spanish, english = (
        client.get(reverse("manifest"), headers={"accept-language": language}).json()
        for language in ("es", "en")
    )

    assert spanish["shortcuts"][0]["name"] != english["shortcuts"][0]["name"]


def test_worker_is_at_the_root_and_looked_at_each_time(client: Client) -> None:
    response = client.get("/service-worker.js")

    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]
    assert "connect-src 'self'" in response["Content-Security-Policy"]


def test_worker_keeps_only_the_offline_page_and_static_files(client: Client) -> None:
    script = client.get("/service-worker.js").content.decode()

    assert 'const OFFLINE = "/offline/";' in script
    assert "cache.put" not in script
    assert script.count("addAll") == 1


def test_offline_page_says_nothing_about_anybody(client: Client) -> None:
    user = UserFactory.create(language="en")
    client.force_login(user)
    page = client.get(reverse("offline")).content.decode()

    assert "No connection" in page
    assert user.name not in page
    assert "data-service-worker" not in page


def test_only_pages_of_members_register_the_worker(client: Client) -> None:
    for path in (reverse("account_login"), "/", reverse("legal_terms")):
        assert "data-service-worker" not in client.get(path).content.decode()

    client.force_login(UserFactory.create())
    assert "data-service-worker" in client.get(reverse("home")).content.decode()
