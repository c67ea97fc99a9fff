"""The description of the API, for programs and for people. It holds nothing of anybody."""

import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from core.api.problems import KINDS
from workspaces.access import public


@public("says what there is to call, and nothing of any clinic")
def docs(request: HttpRequest) -> HttpResponse:
    context = {"kinds": KINDS, "site": settings.SITE_URL}
    return render(request, "workspaces/api_docs.html", context)


@public("says what there is to call, and nothing of any clinic")
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(description(), content_type="application/json")


@cache
def description() -> str:
    """In one language, whoever asks first; it is the same for as long as the process lives."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
