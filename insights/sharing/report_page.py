"""Render the public report, with what search engines and messengers read of it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format

from insights.sharing import link_cards
from insights.sharing.quarters import place_points
from insights.sharing.reports import PublicReport
from insights.sharing.structured_data import render_json_ld
from insights.sharing.texts import REPORT_TEXTS, report_texts
from messaging.patient_pages import pages


def render_report(request: HttpRequest, report: PublicReport) -> HttpResponse:
    language = _language(request, report)
    with translation.override(language):
        response = render(request, "insights/sharing/report.html", _context(report, language))
    pages.set_private_headers(response)
    response["Content-Language"] = language
    if report.is_indexable:
        del response["X-Robots-Tag"]
    return response


def _language(request: HttpRequest, report: PublicReport) -> str:
    """Return the browser's language. Search engines send none, and get that of the clinic."""
    if "Accept-Language" not in request.headers and report.language in REPORT_TEXTS:
        return report.language
    return pages.browser_language(request)


def _context(report: PublicReport, language: str) -> dict[str, Any]:
    words = report_texts(language)
    practice = report.practice
    names = {"practice": practice.name, "city": practice.city}
    title = words["title_in_city" if practice.city else "title"].format(**names)
    summary = words["summary" if report.has_enough else "summary_few"].format(
        average=number_format(report.average, 1),
        rated=number_format(report.figures.rated, force_grouping=True),
        **names,
    )
    description = report.description or summary
    picture = (
        f"{settings.SITE_URL}{reverse('link_card', args=[report.token])}"
        f"?v={link_cards.version_of(report)}"
    )
    return {
        "shown": report,
        "practice": practice,
        "brand": report.brand,
        "words": words,
        "language": language,
        "title": title,
        "summary": summary,
        "description": description,
        "picture": picture,
        "json_ld": render_json_ld(report, description=description, picture=picture),
        "google_rated": _google_rated(report, words),
        "filled": round(report.average * 20),
        "trend": [
            (point, words["quarter"].format(number=point.quarter.number, year=point.quarter.year))
            for point in place_points(report.quarters)
        ],
        "call": words["call"].format(phone=practice.phone) if practice.phone else "",
    }


def _google_rated(report: PublicReport, words: Mapping[str, str]) -> str:
    if not report.google:
        return ""
    return words["google_rated"].format(
        average=number_format(report.google.average, 1),
        reviews=number_format(report.google.reviews, force_grouping=True),
    )
