"""The limit of the webhooks bench: a view that inserts one row, and no middleware before it."""

import json

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from config import wsgi
from core.ids import uuid7

INSERT = """
INSERT INTO bench_bare
    (id, created_at, updated_at, provider, kind, key, payload, error, attempts)
VALUES (%s, %s, %s, 'twilio', 'status', %s, %s::jsonb, '', 0)
"""


def insert(request: HttpRequest) -> HttpResponse:
    now, payload = timezone.now(), json.dumps(request.POST.dict())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [uuid7(), now, now, uuid7().hex, payload])
    return HttpResponse(headers={"Content-Length": "0"})


urlpatterns = [path("", insert)]

settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = type(wsgi.application)()
