"""What a public report tells search engines about the practice, in the words of schema.org."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from insights.sharing.reports import PublicReport

# In JSON these characters occur inside texts only, where JSON may write them as escapes. Without
# this, a practice called "</script>" would end the element and continue as HTML.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def render_json_ld(report: PublicReport, *, description: str, picture: str) -> SafeString:
    """Return the content of a script element of type application/ld+json.

    It has no `aggregateRating` and no `review`. Google forbids stars for ratings that a business
    collects about itself (self-serving reviews of LocalBusiness and its subtypes, such as
    MedicalClinic), and takes manual action against sites that claim them. Google's own rating,
    which a report may show, is none of ours to claim either.
    """
    practice = report.practice
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "name": practice.name,
        "url": report.url,
        "description": description,
        "image": picture,
        "telephone": practice.phone,
        "address": _address(report),
    }
    filled = {key: value for key, value in data.items() if value}
    return mark_safe(json.dumps(filled, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


def _address(report: PublicReport) -> dict[str, str]:
    practice = report.practice
    parts = {
        "streetAddress": practice.address,
        "addressLocality": practice.city,
        "addressRegion": practice.state,
        "postalCode": practice.zip_code,
    }
    known = {key: value for key, value in parts.items() if value}
    if not known:
        return {}
    return {"@type": "PostalAddress", **known, "addressCountry": practice.country}
