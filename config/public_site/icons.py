"""The icons that browsers look for at fixed addresses."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
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
