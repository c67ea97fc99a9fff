"""robots.txt and the sitemap: what search engines may read, which is little."""

from datetime import datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import tenancy
from insights.models import Report
from messaging.patient_pages.limits import limit_visits
from workspaces.access import public
from workspaces.legal import documents
from workspaces.models import LegalKind

HOUR = 3600
# The protocol allows 50,000 addresses in a file.
MAX_REPORTS = 45_000
PUBLIC_PAGES = ("home", "pricing")


@public("search engines read it first")
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Allow the public pages and what they load, and nothing else.

    Reports are allowed by their path, because a crawler that may not fetch a page cannot read there
    that it must not list it. Those that are not for search engines say so themselves.
    """
    paths = ["/p/", "/static/"]
    if settings.PUBLIC_SITE:
        paths = ["/$", "/?lang=", reverse("pricing"), "/legal/", *paths]
    lines = ["User-agent: *"]
    lines += [f"Allow: {path}" for path in paths]
    lines += ["Disallow: /", "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return _cached(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@public("search engines find the public pages in it")
@require_safe
@limit_visits
def sitemap(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    entries = [_entry(reverse("public_report", args=[token]), at) for token, at in _reports()]
    if settings.PUBLIC_SITE:
        entries = [_entry_with_languages(path) for path in _public_paths()] + entries
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "".join(entries) + "</urlset>\n"
    )
    return _cached(HttpResponse(content, content_type="application/xml"))


def _reports() -> list[tuple[str, datetime]]:
    with tenancy.platform("sitemap"):
        rows = Report.objects.filter(is_indexable=True, revoked_at=None).order_by("-id")
        return list(rows.values_list("token", "updated_at")[:MAX_REPORTS])


def _public_paths() -> list[str]:
    """Return the paths of our own pages, without legal texts that are drafts."""
    in_force = [
        kind
        for kind in LegalKind
        if not documents.current_document(kind, settings.LANGUAGE_CODE).is_draft
    ]
    return [reverse(name) for name in (*PUBLIC_PAGES, *(f"legal_{kind}" for kind in in_force))]


def _entry(path: str, changed_at: datetime) -> str:
    return f"<url><loc>{_url(path)}</loc><lastmod>{changed_at:%Y-%m-%d}</lastmod></url>\n"


def _entry_with_languages(path: str) -> str:
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{_url(path, lang=code)}"/>'
        for code, _name in settings.LANGUAGES
    )
    return f"<url><loc>{_url(path)}</loc>{alternates}</url>\n"


def _url(path: str, **query: str) -> str:
    return escape(settings.SITE_URL + path + (f"?{urlencode(query)}" if query else ""))


def _cached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={HOUR}"
    return response
