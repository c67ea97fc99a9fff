"""The OpenAPI document and the page that shows it. Neither holds data of a clinic."""

import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from core.api.problems import PROBLEM_TYPES
from workspaces.access import public


@public("says what there is to call, and nothing of any clinic")
def docs(request: HttpRequest) -> HttpResponse:
    context = {"problem_types": PROBLEM_TYPES, "site": settings.SITE_URL}
    return render(request, "workspaces/api_docs.html", context)


@public("says what there is to call, and nothing of any clinic")
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(build_document(), content_type="application/json")


@cache
def build_document() -> str:
    """Return the OpenAPI document in English, made once for each process."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
