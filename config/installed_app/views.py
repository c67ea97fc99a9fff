import hashlib
import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from workspaces.access import public

DAY = 24 * 3600
NAME = "Reputation Manager"
# What the offline page shows.
SCRIPT = Path(__file__).parents[1] / "static" / "service-worker.js"
ASSETS = ("app.css", "fonts/manrope.woff2", "fonts/source-serif.woff2", "icon-192.png")


@public("name and icons for a phone's home screen")
@require_safe
@cache_control(public=True, max_age=DAY)
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the manifest. It is a view, because the addresses of static files change."""
    content = {
        "id": "/",
        "name": NAME,
        "short_name": "Reputation",
        "description": _("Know how each visit went."),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f8f4ec",
        "theme_color": "#14605a",
        "icons": [
            {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            _icon("icon-192.png", 192, "any"),
            _icon("icon-512.png", 512, "any"),
            _icon("icon-192.png", 192, "maskable"),
            _icon("icon-512.png", 512, "maskable"),
        ],
        "shortcuts": [
            _shortcut(_("Ask a patient"), "ask_one"),
            _shortcut(_("Messages"), "inbox"),
            _shortcut(_("Unhappy"), "recovery"),
            _shortcut(_("Upload a list"), "imports"),
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(name),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def _shortcut(name: str, page: str) -> dict[str, object]:
    return {"name": name, "url": reverse(page), "icons": [_icon("icon-192.png", 192, "any")]}


@public("browsers look for changes of the worker after the session has ended too")
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the worker's script. It is served at the root, because it serves pages below only.

    Its constants change with the static files, so that browsers fetch the new ones.
    """
    assets = [static(name) for name in ASSETS]
    constants = {
        "CACHE": f"offline-{_digest(assets)}",
        "OFFLINE": reverse("offline"),
        "ASSETS": assets,
        "ICON": static("icon-192.png"),
    }
    lines = [f"const {name} = {json.dumps(value)};" for name, value in constants.items()]
    content = "\n".join([*lines, SCRIPT.read_text("utf-8")])
    return HttpResponse(content, content_type="text/javascript; charset=utf-8")


@public("shown by the service worker when there is no connection")
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Return a page that says nothing about anybody: it stays in the browser."""
    return render(request, "installed_app/offline.html")


def _digest(assets: list[str]) -> str:
    return hashlib.sha256(" ".join(assets).encode()).hexdigest()[:12]
