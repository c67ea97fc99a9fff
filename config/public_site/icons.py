"""The icons that browsers look for at fixed addresses."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from workspaces.access import public

DAY = 24 * 3600


@public("browsers ask for it on every site")
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    response = HttpResponseRedirect(static("favicon.ico"))
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


@public("name and icons for a phone's home screen")
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the manifest. It is a view, because the addresses of static files change."""
    content = {
        "name": "Reputation Manager",
        "short_name": "Reputation",
        "start_url": "/",
        "display": "browser",
        "background_color": "#f8f4ec",
        "theme_color": "#14605a",
        "icons": [
            {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {
                "src": static("icon-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    response = JsonResponse(content, content_type="application/manifest+json")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response
