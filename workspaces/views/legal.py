from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from core.public_pages import chosen_language, render_public_page
from workspaces.access import public
from workspaces.legal import documents
from workspaces.legal.plain_format import parse_blocks
from workspaces.models import LegalKind

MAX_DIGITS = 6


@public("terms, privacy, data processing and imprint: everybody may read them")
@require_safe
def show(request: HttpRequest, kind: LegalKind) -> HttpResponse:
    """Show the version in force, or the one in `version`."""
    language = chosen_language(request) or translation.get_language()
    version = request.GET.get("version", "")
    if version:
        is_number = version.isascii() and version.isdecimal() and len(version) <= MAX_DIGITS
        found = documents.find_document(kind, language, int(version)) if is_number else None
        if found is None:
            raise Http404
    else:
        found = documents.current_document(kind, language)
    context = {"document": found, "blocks": parse_blocks(found.body), "is_old": bool(version)}
    return render_public_page(
        request,
        "workspaces/legal.html",
        context,
        is_indexable=not (found.is_draft or version),
    )
